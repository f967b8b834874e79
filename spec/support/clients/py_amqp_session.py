"""A short session with py-amqp that stays open for a while. Arguments: port, time to stay in ms.

Prints a JSON line for each step that it begins, and one with its error, null if all went well.
"""

import json
import socket
import sys

import amqp


def say(**what):
    print(json.dumps(what), flush=True)


def run(port, stay):
    say(step="connect")
    connection = amqp.Connection(f"127.0.0.1:{port}")
    connection.connect()
    say(step="use")
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).queue
    channel.basic_publish_confirm(amqp.Message("x" * 5_000), routing_key=queue)
    message = channel.basic_get(queue, no_ack=True)
    assert len(message.body) == 5_000
    say(step="stay")
    try:
        if stay > 0:
            connection.drain_events(timeout=stay / 1000)
    except socket.timeout:
        pass
    say(step="close")
    connection.close()


try:
    run(*map(int, sys.argv[1:]))
    say(error=None)
except Exception as error:
    text = str(error)
    say(error=f"{type(error).__name__}: {text}" if text else repr(error))
