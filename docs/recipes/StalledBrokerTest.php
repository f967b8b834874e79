<?php // A client gives up on a broker that does not answer. Needs PHPUnit, php-amqplib, and rabbit-snare in front of a broker.
// Run: vendor/bin/phpunit StalledBrokerTest.php
use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PHPUnit\Framework\TestCase;

function control(string $method, string $path, ?array $body = null)
{
    $url = (getenv('RABBIT_SNARE') ?: 'http://localhost:8474') . $path;
    $header = ['Content-Type: application/json', 'Authorization: Bearer ' . getenv('RABBIT_SNARE_TOKEN')];
    $request = ['method' => $method, 'header' => $header, 'content' => json_encode($body)];
    return json_decode(file_get_contents($url, false, stream_context_create(['http' => $request])), true);
}

function connect(float $timeout): AMQPStreamConnection // The code under test.
{
    $to = parse_url(getenv('AMQP_URL') ?: 'amqp://guest:guest@localhost:5673');
    $login = [$to['host'], $to['port'], $to['user'], $to['pass'], '/', false, 'PLAIN', null, 'en_US'];
    return new AMQPStreamConnection(...$login, connection_timeout: $timeout, read_write_timeout: $timeout);
}

class StalledBrokerTest extends TestCase
{
    public function testTheClientGivesUpAfterItsTimeout(): void
    {
        $fault = ['type' => 'amqp_stall', 'attributes' => ['at' => 'accept', 'timeout' => 0]];
        $stall = control('POST', '/faults?removeAfter=30s', $fault);
        try {
            $this->expectException(AMQPTimeoutException::class);
            connect(0.5);
        } finally {
            control('DELETE', '/faults/' . rawurlencode($stall['id']));
            [$report] = control('GET', "/reports?fault={$stall['id']}&since={$stall['addedAt']}&wait=5s");
            $this->assertSame('client unexpectedly closed TCP connection', $report['reason']['term']);
            $this->assertSame('starting', $report['stage']);
        }
    }
}
