import type { FirstOctets } from '../support/first-octets.js';

const certain = (protocol: string, what: string, octets: string, specifiedBy: string): FirstOctets => ({
  protocol,
  what,
  confidence: 'certain',
  octets: octets.replaceAll(' ', ''),
  specifiedBy,
});

const likely = (protocol: string, what: string, octets: string, specifiedBy: string): FirstOctets => ({
  ...certain(protocol, what, octets, specifiedBy),
  confidence: 'likely',
});

const textual = (text: string): string => Buffer.from(text.slice(0, 8), 'latin1').toString('hex');

/** First octets of clients that Debian and npm do not have, or that send them only in a special setup. */
export const SPECIFIED: readonly FirstOctets[] = [
  certain('AMQP 0-10', 'amqp_0_10', '41 4d 51 50 01 01 00 0a', 'AMQP 0-10, section 4.3'),
  certain('AMQP 1.0 with TLS inside', 'amqp_1_0_tls', '41 4d 51 50 02 01 00 00', 'AMQP 1.0, section 5.2.1'),
  certain('SSL 2', 'sslv2', '80 2e 01 00 02 00 15 00', 'SSL 0.2 (Netscape), CLIENT-HELLO'),
  certain(
    'PROXY protocol v2',
    'proxy_protocol_v2',
    '0d 0a 0d 0a 00 0d 0a 51',
    'proxy-protocol.txt (HAProxy), section 2.2',
  ),
  certain('PostgreSQL GSSENCRequest', 'postgresql', '00 00 00 08 04 d2 16 30', 'PostgreSQL 15, section 55.7'),
  certain('PostgreSQL CancelRequest', 'postgresql', '00 00 00 10 04 d2 16 2e', 'PostgreSQL 15, section 55.7'),
  certain('MySQL 8 server', 'mysql', '4a 00 00 00 0a 38 2e 30', 'MySQL Internals, Protocol::HandshakeV10'),
  certain('LDAP search', 'ldap', '30 25 02 01 01 63 20 04', 'RFC 4511, section 4.5.1'),
  certain('Kerberos TGS', 'kerberos', '00 00 05 a1 6c 82 05 9d', 'RFC 4120, section 7.2.2'),
  likely('TLS alert', 'tls', '15 03 03 00 02 02 28', 'RFC 8446, section 5.1'),
  likely('a typed header', 'amqp_text', textual('AMQP0091'), 'AMQP 0-9-1, section 4.2.2, as text'),
  likely('Pulsar', 'pulsar', '00 00 00 1d 00 00 00 19', 'Pulsar binary protocol, "Framing" (CommandConnect)'),
  likely('Kafka before 0.10', 'postgresql', '00 00 00 1c 00 03 00 00', 'Kafka protocol guide (Metadata, version 0)'),
  likely(
    'Kafka before 1.0',
    'rabbitmq_stream',
    '00 00 00 19 00 11 00 01',
    'Kafka protocol guide (SaslHandshake, version 1)',
  ),
  likely(
    'Erlang distribution before OTP 23',
    'erlang_distribution',
    '00 15 6e 00 05 00 07 49',
    'Erlang distribution protocol, section 13.2',
  ),
  likely('Cassandra OPTIONS', 'cassandra', '04 00 00 00 05 00 00 00', 'CQL binary protocol v4, section 2'),
  likely('memcached version', 'memcached', '80 0b 00 00 00 00 00 00', 'memcached BinaryProtocolRevamped'),
  likely('RTSP DESCRIBE', 'rtsp', textual('DESCRIBE rtsp://'), 'RFC 2326, section 10.2'),
  likely('SIP INVITE', 'sip', textual('INVITE sip:bob@biloxi.com SIP/2.0'), 'RFC 3261, section 7.1'),
  likely('STOMP', 'stomp', textual('CONNECT\naccept-version'), 'STOMP 1.2, "Connecting"'),
  likely('STOMP', 'stomp', textual('STOMP\naccept-version:1.2'), 'STOMP 1.2, "Connecting"'),
  likely('AMQP frame', 'amqp_frame', '01 00 00 00 00 01 5c 00', 'AMQP 0-9-1, section 4.2.3'),
  likely('AMQP heartbeat', 'amqp_frame', '08 00 00 00 00 00 00 ce', 'AMQP 0-9-1, section 4.2.7'),
];
