<?php
// A short session with php-amqplib that stays open for a while. Arguments: port, time to stay in ms.
//
// Prints a JSON line for each step that it begins, and one with its error, null if all went well.

require 'PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;

[, $port, $stay] = $argv;
$body = str_repeat('x', 5000);

function say(array $line): void
{
    echo json_encode($line, JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}

try {
    say(['step' => 'connect']);
    $connection = new AMQPStreamConnection('127.0.0.1', $port, 'guest', 'guest');
    say(['step' => 'use']);
    $channel = $connection->channel();
    $channel->confirm_select();
    [$queue] = $channel->queue_declare('', false, false, true);
    $channel->basic_publish(new AMQPMessage($body), '', $queue);
    $channel->wait_for_pending_acks();
    if ($channel->basic_get($queue, true)->getBody() !== $body) {
        throw new RuntimeException('received a different message');
    }
    say(['step' => 'stay']);
    try {
        if ($stay > 0) {
            $channel->wait(null, false, $stay / 1000);
        }
    } catch (AMQPTimeoutException) {
        // Nothing happened.
    }
    say(['step' => 'close']);
    $connection->close();
    say(['error' => null]);
} catch (Throwable $error) {
    say(['error' => (new ReflectionClass($error))->getShortName() . ': ' . $error->getMessage()]);
}
