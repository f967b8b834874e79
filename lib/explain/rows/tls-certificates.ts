import type { Row } from '../row.js';
import { client, failed, named, server, upgrade } from '../tls-entries.js';

/** Certificates that one side of a TLS handshake refuses, or misses. */
export const TLS_CERTIFICATES: readonly Row[] = [
  {
    name: 'client_does_not_trust_broker',
    reason: 'handshake_error',
    examples: [
      client('Unknown CA'),
      client('Certificate Unknown', 'wait_finished'),
      client('Bad Certificate'),
      failed('unknown_ca', 'TLS server: In state certify received CLIENT ALERT: Fatal - Unknown CA\n'),
      upgrade('{ssl_upgrade_error,{tls_alert,{unknown_ca,"received CLIENT ALERT: Fatal - Unknown CA"}}}'),
    ],
    pattern: named(
      '(?!TLS client)[\\s\\S]*(?:received CLIENT ALERT: (?:Fatal|Warning) - |^SSL: \\w+: ssl_alert\\.erl:\\d+:Fatal error: )(?<alert>(?:Unknown CA|Certificate Unknown|Bad Certificate|Unsupported Certificate|unknown ca|certificate unknown|bad certificate))[\\s\\S]*?(?=$|and peer)',
    ),
    what: 'The client{at} refused the certificate of the broker ({alert}).',
    cause:
      'The client does not trust the CA that signed the certificate, an intermediate certificate is missing, or the host name does not match.',
    worry: 'yes',
    fix: 'Give the client the CA certificate (`cacertfile`), and test it: `openssl s_client -connect HOST:5671 -CAfile ca.pem -verify_hostname HOST`.',
  },
  {
    name: 'certificate_expired',
    reason: 'handshake_error',
    examples: [
      client('Certificate Expired'),
      server('Certificate Expired', '{bad_cert,cert_expired}', 'certify'),
      failed(
        'certificate_expired',
        'TLS server: In state certify received CLIENT ALERT: Fatal - Certificate Expired\n',
      ),
    ],
    pattern: named('(?!TLS client)[\\s\\S]*(?:Certificate Expired|cert_expired)[\\s\\S]*?(?=$|and peer)'),
    what: ({ text, subject }) =>
      /received CLIENT/.test(text)
        ? `The client${subject.client === null ? '' : ` at ${subject.client}`} refused the certificate of the broker because it has expired.`
        : `The broker refused the certificate of the client${subject.client === null ? '' : ` at ${subject.client}`} because it has expired.`,
    cause: 'The certificate was not renewed in time, was renewed but not loaded, or a clock is wrong.',
    worry: 'yes',
    fix: "Look at the dates: `openssl x509 -in cert.pem -noout -dates`. After a renewal on the broker: `rabbitmqctl eval 'ssl:clear_pem_cache().'`.",
  },
  {
    name: 'client_certificate_refused',
    reason: 'handshake_error',
    examples: [
      server('Unknown CA', '{bad_cert,unknown_ca}', 'certify'),
      server('Bad Certificate', '{bad_cert,selfsigned_peer}', 'certify'),
      failed(
        'bad_certificate',
        'TLS server: In state certify at ssl_handshake.erl:1 generated SERVER ALERT: Fatal - Bad Certificate\n {bad_cert,selfsigned_peer}',
      ),
    ],
    pattern: named(
      '(?!TLS client)[\\s\\S]*generated SERVER ALERT: Fatal - (?<alert>Unknown CA|Bad Certificate|Unsupported Certificate|Certificate Revoked|Certificate Unknown|[\\w ]+(?=[\\s\\S]*\\{bad_cert,(?!no_peer)))[\\s\\S]*?(?=$|and peer)',
    ),
    what: 'The broker refused the certificate of the client{at} ({alert}).',
    cause:
      'The certificate is self-signed or signed by a CA that is not in `ssl_options.cacertfile`, its chain is too long (`ssl_options.depth`), or it is not meant for clients.',
    worry: 'yes',
    fix: 'Add the CA to `ssl_options.cacertfile`, and test: `openssl verify -CAfile ca.pem client.pem`. Without client certificates: `ssl_options.verify = verify_none`.',
  },
  {
    name: 'client_certificate_missing',
    reason: 'handshake_error',
    examples: [
      server('Handshake Failure', 'no_peer_certificate', 'certify'),
      server('Certificate required', 'certificate_required', 'wait_cert'),
      server('Handshake Failure', '{bad_cert,no_peer_certificate}', 'certify'),
      server('Handshake Failure', 'peer_certificate_required', 'certify'),
    ],
    pattern: named('(?!TLS client)[\\s\\S]*(?:no_peer_cert|[cC]ertificate[ _]required)[\\s\\S]*?(?=$|and peer)'),
    what: 'The client{at} sent no certificate, but the broker requires one.',
    cause: '`ssl_options.fail_if_no_peer_cert = true`, and the client has no certificate and key configured.',
    worry: 'yes',
    fix: 'Configure a client certificate and key in the client, or set `ssl_options.fail_if_no_peer_cert = false`.',
  },
];
