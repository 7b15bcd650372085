"""As users.py, with one connection for as long as the process lives."""
import users

connection = users.connect()


def handler(event, context):
    return users.answer(connection, event)
