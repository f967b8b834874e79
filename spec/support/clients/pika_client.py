"""Publishes three messages with pika, consumes them, and closes. Arguments: port, user, password, vhost."""

import sys

import pika

port, user, password, vhost = sys.argv[1:]
bodies = [b"first", b"x" * 300_000, b"last"]

parameters = pika.ConnectionParameters(
    host="127.0.0.1",
    port=int(port),
    virtual_host=vhost,
    credentials=pika.PlainCredentials(user, password),
)
connection = pika.BlockingConnection(parameters)
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
for body in bodies:
    channel.basic_publish("", queue, body)
consumed = []
for method, _, body in channel.consume(queue):
    channel.basic_ack(method.delivery_tag)
    consumed.append(body)
    if len(consumed) == len(bodies):
        break
assert consumed == bodies
connection.close()
print("consumed", *(len(body) for body in consumed))
