"""The shape of the original: a connection for each request, for its answer says where there is none; a cursor, no framework."""
import json
import os

import pymysql


def connect():
    return pymysql.connect(
        host=os.environ["DB_HOST"],
        port=int(os.environ["DB_PORT"]),
        user=os.environ["DB_USER"],
        password=os.environ["DB_PASS"],
        database=os.environ["DB_NAME"],
        charset="utf8mb4",
        cursorclass=pymysql.cursors.DictCursor,
        autocommit=True,
    )


def respond(status, body):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


def list_users(connection, query):
    limit = int(query.get("limit", 100))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, age FROM Users WHERE id > %s ORDER BY id LIMIT %s", (int(query.get("after", 0)), limit + 1)
        )
        rows = cursor.fetchall()
    users = rows[:limit]
    return {"users": users, "next": str(users[-1]["id"]) if len(rows) > limit else None}


def create_user(connection, name, age):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO Users (name, age) VALUES (%s, %s)", (name, age))
        user = {"id": cursor.lastrowid, "name": name, "age": age}
    return {"message": "User created successfully!", "user": user}


def answer(connection, event):
    if event["httpMethod"] == "GET":
        return respond(200, list_users(connection, event["queryStringParameters"] or {}))
    body = json.loads(event["body"])
    return respond(200, create_user(connection, body["name"], body["age"]))


def handler(event, context):
    try:
        connection = connect()
    except pymysql.MySQLError:
        return respond(503, {"message": "Could not connect to MySQL database"})
    with connection:
        return answer(connection, event)
