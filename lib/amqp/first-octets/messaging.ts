import { anyOf, pattern } from './pattern.js';
import { misdirected, numberAt, type Recognizer } from './recognizer.js';

/** Other message brokers, other protocols of RabbitMQ, and Erlang nodes. */
export const MESSAGING: readonly Recognizer[] = [
  {
    what: 'mqtt',
    detail:
      'an MQTT 3.1 client, which normally uses port 1883. RabbitMQ accepts it there with the plugin rabbitmq_mqtt',
    confidence: 'certain',
    // CONNECT with the protocol name `MQIsdp`, which only MQTT 3.1 has.
    is: anyOf("10 .. 00 06 'MQI'", "10 80-ff .. 00 06 'MQI'"),
  },
  {
    what: 'mqtt',
    detail:
      'an MQTT 3.1.1 or 5 client, which normally uses port 1883. RabbitMQ accepts it there with the plugin rabbitmq_mqtt',
    confidence: 'certain',
    // CONNECT with the protocol name `MQTT`. The version is the ninth octet or later.
    is: anyOf("10 .. 00 04 'MQT'", "10 80-ff .. 00 04 'MQT'"),
  },
  {
    what: 'stomp',
    detail: 'a STOMP client, which normally uses port 61613. RabbitMQ accepts it there with the plugin rabbitmq_stomp',
    confidence: 'likely',
    is: (_, text) => /^(CONNECT|STOMP)[\r\n]/.test(text),
  },
  {
    what: 'rabbitmq_stream',
    detail:
      'a client of the RabbitMQ stream protocol, which normally uses port 5552. RabbitMQ accepts it there with the plugin rabbitmq_stream',
    confidence: 'likely',
    // PeerProperties (17), version 1. A Kafka client that skips ApiVersions starts with the same octets (SaslHandshake).
    is: pattern('00 00 .. .. 00 11 00 01'),
  },
  {
    what: 'kafka',
    detail: misdirected('a Kafka client', '9092'),
    confidence: 'likely',
    // ApiVersions (18), version 0 to 4. Lengths and small numbers are no signature.
    is: pattern('00 00 .. .. 00 12 00 00-04'),
  },
  {
    what: 'pulsar',
    detail: misdirected('a Pulsar client', '6650'),
    confidence: 'likely',
    // The size of the frame, and the size of the command, which is 4 less in a frame without a payload.
    is: (o) => numberAt(o, 0, 4) < 0x1_0000 && numberAt(o, 4, 4) >= 4 && numberAt(o, 4, 4) === numberAt(o, 0, 4) - 4,
  },
  {
    what: 'nats',
    detail: misdirected('a NATS server', '4222 for clients and 6222 for other servers'),
    confidence: 'certain',
    // INFO and JSON is the greeting of NATS. Its clients answer with `CONNECT {`, which starts like HTTP's CONNECT.
    is: (_, text) => text.startsWith('INFO {"'),
  },
  {
    what: 'erlang_distribution',
    detail:
      'an Erlang node, such as another RabbitMQ node or rabbitmqctl, which normally uses port 25672: check the distribution port (RABBITMQ_DIST_PORT, inet_dist_listen_min)',
    confidence: 'likely',
    // The handshake's name message: `n`, version 5 and 32 bits of flags, or `N` and 64 bits, of which 38 are in use.
    is: anyOf("00 .. 'n' 00 05", "00 .. 'N' 00 00 00-3f"),
  },
  {
    what: 'epmd',
    detail: misdirected("a client of Erlang's port mapper (epmd), such as a RabbitMQ node or rabbitmqctl", '4369'),
    confidence: 'likely',
    // ALIVE2 (node type and protocol 0: `M` or `H`), PORT_PLEASE2 and a name, or NAMES.
    is: anyOf("00 .. 'x' .. .. 48|4d 00", "00 .. 'z' 61-7a 2d|30-39|41-5a|5f|61-7a", "00 01 'n'"),
  },
];
