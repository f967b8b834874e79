import { closing } from '../examples.js';
import type { Family, Match } from '../row.js';
import { client, failed, named, server, upgrade } from '../tls-entries.js';
import { TLS_CERTIFICATES } from './tls-certificates.js';

/** Not a client's problem with the octets of TLS, but no TLS at all. */
const isNotTls = ({ text }: Match): 'bad_header' | 'handshake_error' =>
  /\{unsupported_(?:record_type|version)/.test(text) && /In state hello/.test(text) ? 'bad_header' : 'handshake_error';

/** Failures of TLS before AMQP begins. */
export const TLS: Family = {
  title: 'TLS',
  intro:
    'Up to RabbitMQ 4.1.0 Erlang logs these as notices that do not name the client. `received CLIENT ALERT` means that the client refused the broker; `generated SERVER ALERT` means that the broker refused the client.',
  of: 'entry',
  begins:
    /^(?:TLS (?:server|client)|SSL:|\{tls_alert|\{?timeout\b[\s\S]{0,20}error during|\S+ error during handshake|\S+ is connecting to the|\{ssl_upgrade|Error on AMQP|closing AMQP|(?:TLS|SSL) handshake|\{[\s\S]*error during handshake)/,
  rows: [
    {
      name: 'plain_on_tls_port',
      reason: isNotTls,
      examples: [
        server('Unexpected Message', '{unsupported_record_type,65}'),
        server('Unexpected Message', '{unsupported_record_type,71}'),
        server('Bad Record MAC', '{unsupported_version,{65,77}}'),
        failed(
          'bad_record_mac',
          'TLS server: In state hello at tls_record.erl:535 generated SERVER ALERT: Fatal - Bad Record MAC\n {unsupported_version,{65,77}}',
        ),
      ],
      pattern: named(
        '(?:\\{tls_alert|TLS server)[\\s\\S]*?\\{unsupported_(?:record_type|version),\\{?(?<octet>\\d+)[\\s\\S]*?(?=$|and peer)',
      ),
      what: ({ subject, groups }) =>
        `The client${subject.client === null ? '' : ` at ${subject.client}`} connected to the TLS port without TLS: ${firstOctet(Number(groups['octet']))}.`,
      cause:
        'A client that uses `amqp://` with the TLS port (5671), a health check that sends AMQP, HTTP or a PROXY header in plain text, or a port scan.',
      worry: 'maybe',
      fix: 'Use `amqps://` in the client, or port 5672 without TLS. For a load balancer that sends PROXY headers, set `proxy_protocol = true`.',
    },
    {
      name: 'without_tls',
      reason: 'bad_header',
      examples: ["10.0.0.7:50122 is connecting to the 'amqp/ssl' listener without using TLS"],
      pattern: /^(?<client>\S+:\d+) is connecting to the '?(?<protocol>[\w/-]+)'? listener without using TLS/,
      what: 'The client{at} connected to the TLS port ({protocol}) without TLS.',
      cause: 'A client that uses `amqp://` with the TLS port (5671), a health check in plain text, or a port scan.',
      worry: 'maybe',
      fix: 'Use `amqps://` in the client, or port 5672 without TLS.',
    },
    {
      name: 'tls_handshake_timeout',
      reason: 'handshake_timeout',
      examples: [
        "timeout error during handshake for protocol 'amqp/ssl' and peer 10.0.0.7:50122",
        upgrade('{ssl_upgrade_error,timeout}'),
      ],
      pattern:
        /^(?:'?\{?timeout\b[\s\S]*error during handshake for protocol '?[\w/-]+'? and peer (?<client>\S+:\d+)|[\s\S]*\{ssl_upgrade_error,timeout\})/,
      what: 'The client{at} did not complete its TLS handshake within 5 s (`ssl_handshake_timeout`).',
      cause:
        'A TCP health check that stays connected, a client that does not use TLS and waits, or a very slow client or network.',
      worry: 'maybe',
      fix: 'For slow devices, set `ssl_handshake_timeout = 15000` (ms) in rabbitmq.conf. A health check should close the connection at once.',
    },
    {
      name: 'tls_closed',
      reason: 'connection_closed_abruptly',
      examples: [
        upgrade('{ssl_upgrade_error,closed}'),
        "closed error during handshake for protocol 'amqp/ssl' and peer 10.0.0.7:50122",
        upgrade('{ssl_upgrade_error,einval}'),
        upgrade('{ssl_upgrade_error,econnreset}'),
      ],
      pattern:
        /^(?:(?<code>closed|e[a-z]+) error during handshake for protocol '?[\w/-]+'? and peer (?<client>\S+:\d+)|[\s\S]*\{ssl_upgrade_error,\{?(?:error,)?(?<code2>closed|e[a-z]+)\})/,
      what: 'The client{at} closed the connection to the TLS port before its TLS handshake was complete.',
      cause: 'A TCP health check or port scan on the TLS port, or a client that gave up.',
      worry: 'no',
      fix: 'Nothing, if it is a health check.',
    },
    ...TLS_CERTIFICATES,
    {
      name: 'tls_version_or_cipher',
      reason: 'handshake_error',
      examples: [
        server('Insufficient Security', 'no_suitable_ciphers'),
        server('Protocol Version', '{bad_version,{3,1}}'),
        client('Protocol Version', 'hello'),
        server('Handshake Failure', 'no_suitable_signature_algorithm'),
        failed(
          'insufficient_security',
          'TLS server: In state hello at tls_handshake.erl:356 generated SERVER ALERT: Fatal - Insufficient Security\n no_suitable_ciphers',
        ),
      ],
      pattern: named(
        '(?!TLS client)[\\s\\S]*(?:Insufficient Security|insufficient security|no_suitable_|Protocol Version|protocol version|protocol_version|unsupported_tls_version|No Application Protocol|no_common_)[\\s\\S]*?(?=$|and peer)',
      ),
      what: 'The client{at} and the broker have no TLS version or cipher suite in common.',
      cause:
        'An old client (TLS 1.0 or 1.1, old ciphers) and a broker that no longer allows these, a client for TLS 1.3 only, or a certificate whose key does not fit the ciphers (ECDSA and RSA).',
      worry: 'yes',
      fix: 'Update the client, or allow more: `ssl_options.versions.1 = tlsv1.3`, `ssl_options.versions.2 = tlsv1.2`, and no `ssl_options.ciphers`. See `rabbitmq-diagnostics cipher_suites`.',
    },
    {
      name: 'tls_client_side',
      reason: null,
      examples: [
        'TLS client: In state connection received SERVER ALERT: Fatal - Unknown CA\n',
        'TLS client: In state wait_cert_cr at ssl_handshake.erl:2136 generated CLIENT ALERT: Fatal - Bad Certificate\n',
      ],
      pattern: /^TLS client: In state (?<in>\w+)[\s\S]*?ALERT: \w+ - (?<alert>[^\n]+)/,
      what: 'The broker itself was the TLS client, and its connection to another server failed ({alert}).',
      cause:
        'A federation or shovel link, LDAP, an HTTP or OAuth 2 backend with a certificate that one side does not trust.',
      worry: 'yes',
      fix: 'Look at the entries just before and after: they name the link or backend. Set `cacertfile` in its URI or in `auth_ldap.ssl_options`/`auth_oauth2.https`.',
    },
    {
      name: 'client_tls_alert',
      reason: 'handshake_error',
      examples: [
        client('Handshake Failure', 'hello'),
        client('Close Notify', 'wait_finished'),
        client('unsupported/unknown alert: 99', 'hello'),
        failed('handshake_failure', 'TLS server: In state hello received CLIENT ALERT: Fatal - Handshake Failure\n'),
      ],
      pattern: named(
        '(?:TLS server|\\{tls_alert|\\{ssl_|Error on|closing)[\\s\\S]*?received CLIENT ALERT: \\w+ - (?<alert>[^\\n"\\\\]+)[\\s\\S]*?(?=$|and peer)',
      ),
      what: 'The client{at} ended its TLS handshake with an alert: {alert}.',
      cause:
        'The client does not accept something of the TLS of the broker: version, cipher suite or certificate. With Close Notify, it just left.',
      worry: 'maybe',
      fix: 'Look into the log of the client, and test with `openssl s_client -connect HOST:5671`.',
    },
    {
      name: 'tls_bytes_invalid',
      reason: isNotTls,
      examples: [
        server('Unexpected Message', 'application_data_before_initial_handshake'),
        server('Decode Error', '{unknown_or_malformed_handshake,99}'),
        server('Handshake Failure', 'malformed_handshake_data'),
        server('Record Overflow'),
        server('Bad Record MAC', '{record_type_mismatch,21}', 'wait_finished'),
        failed(
          'decode_error',
          'TLS server: In state hello at ssl_handshake.erl:1019 generated SERVER ALERT: Fatal - Decode Error\n handshake_decode_error',
        ),
        'SSL: {connection,{alert,2,20,{"ssl_cipher.erl",276},decryption_failed}}: ssl_connection.erl:861:Fatal error: unexpected message',
      ],
      pattern: named('(?:TLS server|\\{tls_alert|SSL:)[\\s\\S]*?(?=$|and peer)'),
      what: ({ subject: { client: peer }, text }) =>
        `The TLS handshake of the client${peer === null ? '' : ` at ${peer}`} failed${alertIn(text)}.`,
      cause:
        'The client sent bytes that are not a correct TLS handshake: a port scanner, a client without TLS, a device in between that changes the bytes, or a defect of a TLS library.',
      worry: 'maybe',
      fix: 'If it repeats from a real client, test with `openssl s_client -connect HOST:5671`, and update Erlang: some releases had defects here.',
    },
    {
      name: 'tls_failed',
      reason: 'handshake_error',
      examples: [
        upgrade('{ssl_upgrade_error,{tls_alert,"handshake failure"}}'),
        upgrade(
          '{ssl_upgrade_error,{tls_alert,{handshake_failure,"TLS server: In state hello generated SERVER ALERT: Fatal - Handshake Failure\\n"}}}',
        ),
        upgrade('{ssl_upgrade_failure,{{function_clause,[{tls_v1,enum_to_oid,[28],[]}]}}}'),
        upgrade('{ssl_upgrade_error,{options,{cacertfile,"/etc/ca.pem",{error,eacces}}}}'),
        '{options,{certfile,"/etc/cert.pem",{error,enoent}}} error during handshake for protocol \'amqp/ssl\' and peer 10.0.0.7:50122',
        closing('{ssl_upgrade_error,{tls_alert,"certificate unknown"}}'),
      ],
      pattern:
        /^(?:[\s\S]*\{ssl_upgrade_(?:error|failure),(?<why>[\s\S]*)|[\s\S]*error during handshake for protocol '?[\w/-]+'? and peer (?<client>\S+:\d+))/,
      what: 'The TLS handshake of the client{at} with the broker failed.',
      cause:
        'Versions, cipher suites or certificates do not fit, or (`options`, `cacertfile`, `keyfile`) the broker cannot read its own certificate files.',
      worry: 'yes',
      fix: 'Check the files and their permissions as the user `rabbitmq`, and test with `openssl s_client -connect HOST:5671`.',
    },
  ],
};

/** The alert in an entry, in brackets: ` (Unexpected Message)`. */
function alertIn(text: string): string {
  const alert = /ALERT: \w+ - ([^\n"\\]+)/.exec(text)?.[1]?.trim();
  return alert === undefined ? '' : ` (${alert})`;
}

const LETTERS: { readonly [octet: number]: string } = {
  13: 'its first byte (13) is that of a PROXY protocol v2 header',
  65: "its first byte is 'A', the beginning of an AMQP header",
  71: "its first byte is 'G', usually of an HTTP GET request",
  72: "its first byte is 'H', usually of an HTTP HEAD request",
  80: "its first byte is 'P', of a PROXY protocol v1 header or an HTTP POST request",
  16: 'its first byte (16) is that of an MQTT CONNECT packet',
  3: 'its first byte (3) is that of a Remote Desktop (RDP) client',
};

function firstOctet(octet: number): string {
  const known = LETTERS[octet];
  if (known !== undefined) return known;
  const shown = octet >= 0x20 && octet <= 0x7e ? `'${String.fromCharCode(octet)}'` : `${octet}`;
  return `its first byte is ${shown}`;
}
