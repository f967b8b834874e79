"""A short session with pika that stays open for a while. Arguments: port, time to stay in ms.

Prints a JSON line for each step that it begins, and one with its error, null if all went well.
"""

import json
import logging
import sys

import pika

logging.disable()


def say(**what):
    print(json.dumps(what), flush=True)


def run(port, stay):
    say(step="connect")
    connection = pika.BlockingConnection(pika.ConnectionParameters(host="127.0.0.1", port=port))
    say(step="use")
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.basic_publish("", queue, b"x" * 5_000)
    _, _, body = channel.basic_get(queue, auto_ack=True)
    assert len(body) == 5_000
    say(step="stay")
    if stay > 0:
        connection.process_data_events(time_limit=stay / 1000)
    say(step="close")
    connection.close()


try:
    run(*map(int, sys.argv[1:]))
    say(error=None)
except Exception as error:
    text = str(error)
    say(error=f"{type(error).__name__}: {text}" if text else repr(error))
