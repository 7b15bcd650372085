"""As users.py, with boto3. The form is cut at its boundary, the fastest way that Python has."""
import base64
import json
import os
import re

import boto3

BUCKET = os.environ["BUCKET_NAME"]
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])


def respond(status, body):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}


def parse_form(body, content_type):
    boundary = re.search(r'boundary="?([^";]+)', content_type).group(1)
    form = {}
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        head, content = part.split(b"\r\n\r\n", 1)
        name = re.search(rb'name="([^"]*)"', head).group(1).decode()
        kind = re.search(rb"Content-Type: ([^\r\n]+)", head, re.IGNORECASE)
        form[name] = (content[:-2], kind.group(1).decode() if kind else "text/plain")
    return form


def upload(event):
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    headers = {name.lower(): value for name, value in event["headers"].items()}
    form = parse_form(body, headers["content-type"])
    filename = form["filename"][0].decode()
    content, content_type = form["file"]
    stored = s3.put_object(Bucket=BUCKET, Key=filename, Body=content, ContentType=content_type)
    file = {
        "filename": filename,
        "size": len(content),
        "contentType": content_type,
        "etag": stored["ETag"].strip('"'),
    }
    return {"message": "File uploaded!", "file": file}


def link(query):
    filename = query["filename"]
    disposition = 'attachment; filename="' + filename.split("/")[-1] + '"'
    params = {"Bucket": BUCKET, "Key": filename, "ResponseContentDisposition": disposition}
    return {"url": s3.generate_presigned_url("get_object", Params=params, ExpiresIn=3600), "expiresIn": 3600}


def handler(event, context):
    if event["httpMethod"] == "GET":
        return respond(200, link(event["queryStringParameters"]))
    return respond(200, upload(event))
