"""The loop of a Lambda function on Python's standard library: loads the handler, asks the Runtime API for one event after another.

AWS's own client for Python, awslambdaric, is in no Debian package. It does the same, and imports more before it is ready.
"""
import http.client
import importlib
import json
import os
import sys

PREFIX = "/2018-06-01/runtime/invocation/"

module, name = os.environ["_HANDLER"].rsplit(".", 1)
sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
handler = getattr(importlib.import_module(module), name)
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

while True:
    connection.request("GET", PREFIX + "next")
    answer = connection.getresponse()
    request_id = answer.getheader("Lambda-Runtime-Aws-Request-Id")
    result = json.dumps(handler(json.loads(answer.read()), None)).encode()
    connection.request("POST", PREFIX + request_id + "/response", result, {"Content-Type": "application/json"})
    connection.getresponse().read()
