"""The shape that courses show: one connection a cold start, a cursor a request, no framework."""
import json
import os

import pymysql

connection = pymysql.connect(
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


def list_users(query):
    limit = int(query.get("limit", 100))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, age FROM users WHERE id > %s ORDER BY id LIMIT %s", (int(query.get("after", 0)), limit + 1)
        )
        rows = cursor.fetchall()
    users = rows[:limit]
    return {"users": users, "next": str(users[-1]["id"]) if len(rows) > limit else None}


def create_user(name, age):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO users (name, age) VALUES (%s, %s)", (name, age))
        user = {"id": cursor.lastrowid, "name": name, "age": age}
    return {"message": "User created successfully!", "user": user}


def handler(event, context):
    if event["httpMethod"] == "GET":
        return respond(200, list_users(event["queryStringParameters"] or {}))
    body = json.loads(event["body"])
    return respond(200, create_user(body["name"], body["age"]))
