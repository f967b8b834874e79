"""Prints what a pika client sees of faults on messages. Arguments: port, step."""

import sys

import pika
from pika.exceptions import ChannelClosedByBroker, NackError, UnroutableError

port, step = sys.argv[1:]
connection = pika.BlockingConnection(pika.ConnectionParameters(host="127.0.0.1", port=int(port)))
channel = connection.channel()
if step == "close":
    try:
        channel.queue_declare("refused", exclusive=True)
    except ChannelClosedByBroker as error:
        print(error.reply_code, error.reply_text)
    channel = connection.channel(channel.channel_number)
    print(channel.channel_number, channel.queue_declare("", exclusive=True).method.message_count)
elif step == "publish":
    channel.confirm_delivery()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for key in (queue, "nacked", "returned", queue):
        try:
            channel.basic_publish("amq.direct" if key != queue else "", key, b"body", mandatory=True)
            print("confirmed")
        except NackError:
            print("nacked")
        except UnroutableError as error:
            print("returned", *(message.body.decode() for message in error.messages))
    print(channel.queue_declare(queue, passive=True).method.message_count)
connection.close()
