<?php
// Publishes three messages with php-amqplib, consumes them, and closes. Arguments: port, user, password, vhost.

require 'PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Message\AMQPMessage;

[, $port, $user, $password, $vhost] = $argv;
$bodies = ['first', str_repeat('x', 300000), 'last'];

$connection = new AMQPStreamConnection('127.0.0.1', $port, $user, $password, $vhost);
$channel = $connection->channel();
[$queue] = $channel->queue_declare('', false, false, true);
foreach ($bodies as $body) {
    $channel->basic_publish(new AMQPMessage($body), '', $queue);
}
$consumed = [];
$channel->basic_consume($queue, '', false, false, false, false, function ($message) use (&$consumed) {
    $message->ack();
    $consumed[] = $message->getBody();
});
while (count($consumed) < count($bodies)) {
    $channel->wait(null, false, 10);
}
if ($consumed !== $bodies) {
    throw new RuntimeException('other messages came than were sent');
}
$channel->close();
$connection->close();
echo 'consumed ', implode(' ', array_map('strlen', $consumed)), "\n";
