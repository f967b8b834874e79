"""Connects with py-amqp over TLS, with a timeout of 2 s. Argument: port. A connect that fails is right, too."""

import sys

import amqp

print("connecting", flush=True)
connection = amqp.Connection(f"127.0.0.1:{sys.argv[1]}", ssl={"cert_reqs": 0}, connect_timeout=2)
try:
    connection.connect()
    print("connect() returns")
except Exception as error:
    print(f"connect() raises {type(error).__name__}")
