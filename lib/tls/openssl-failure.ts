import { type AlertName, alertNumber, alertNumberOf, alertRecord, type TlsAlert } from './alert.js';
import type { ErlangTls, Place } from './erlang-tls.js';

/** What is known when OpenSSL has ended a TLS handshake. */
export type OpensslFailure = {
  /** Node's error code, for example ERR_SSL_NO_SHARED_CIPHER. */
  readonly code: string;
  /** The highest version that the client offered, such as `TLS 1.3`. */
  readonly version: string | null;
  /** The alert that OpenSSL would send without encryption; null if it is encrypted, or there is none. */
  readonly alert: number | null;
  /** Whether the client was asked for a certificate. */
  readonly requestCert: boolean;
  /** The client's last octets. */
  readonly last: Uint8Array;
};

/** What a broker answers in that case. `record`: the unencrypted alert to send; null: none. */
export type ErlangFailure = { readonly alert: TlsAlert; readonly record: Uint8Array | null };

const MINOR: { readonly [version: string]: number } = { 'SSL 3.0': 0, 'TLS 1.0': 1, 'TLS 1.1': 2 };

/** Record types. */
const CHANGE_CIPHER_SPEC = 0x14;
const ALERT = 0x15;
const APPLICATION_DATA = 0x17;

/** A certificate is judged after whole records. */
const CERTIFICATE_FAILURE = /CERT|ISSUER|INVALID_PURPOSE|LEAF_SIGNATURE/;

/** Certificates that OpenSSL refuses for their chain, by Node's code. */
const UNKNOWN_CA = /^(UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN)/;

/**
 * Translates a failure of OpenSSL into the alert that Erlang's TLS server has for the same client.
 *
 * The details and places were measured on OTP 25 and 27. A failure without an equivalent keeps OpenSSL's alert.
 */
export function erlangFailure(failure: OpensslFailure, erlang: ErlangTls): ErlangFailure {
  const { code, version, requestCert, last } = failure;
  const is13 = version === 'TLS 1.3';
  const certify = !is13 ? 'certify' : requestCert ? 'wait_cert' : 'wait_finished';
  const negotiate = is13 ? 'start' : 'hello';
  const answer = (
    name: AlertName,
    state: string,
    place: Place | null,
    detail: string | null,
    minor = 3,
  ): ErlangFailure => {
    const number = alertNumber(name);
    const at = place === null ? null : (erlang.places[place] ?? null);
    const alert: TlsAlert = { by: 'server', number, state, detail, place: at };
    return { alert, record: failure.alert === null ? null : alertRecord(number, minor) };
  };

  const client = /_ALERT_(\w+)$/.exec(code)?.[1]?.toLowerCase();
  if (client !== undefined) {
    // Erlang expects encrypted records at this point. OpenSSL also takes this alert without encryption.
    if (is13 && last[0] === ALERT) {
      return answer('bad_record_mac', certify, 'record type 1.3', `{record_type_mismatch,${ALERT}}`);
    }
    const number = alertNumberOf(client) ?? last[6] ?? alertNumber('handshake_failure');
    return { alert: { by: 'client', number, state: certify, detail: null, place: null }, record: null };
  }
  const [type, major, minor] = last;
  // A client that answers the ServerHello sends whole records.
  if (type !== undefined && !CERTIFICATE_FAILURE.test(code)) {
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) {
      return answer('unexpected_message', certify, 'record type', `{unsupported_record_type,${type}}`);
    }
    if (major !== 3 || minor !== 3) {
      return answer('bad_record_mac', certify, 'negotiated version', `{unsupported_version,{${major},${minor}}}`);
    }
    // A CHANGE_CIPHER_SPEC of 1 belongs to a good handshake.
    const isExpected = type === CHANGE_CIPHER_SPEC && last[5] === 1;
    if (is13 && type !== APPLICATION_DATA && !isExpected) {
      return answer('bad_record_mac', certify, 'record type 1.3', `{record_type_mismatch,${type}}`);
    }
    if (!is13 && type === APPLICATION_DATA) {
      return answer('unexpected_message', certify, 'application data', 'application_data_before_initial_handshake');
    }
    if (!is13 && type === CHANGE_CIPHER_SPEC && !isExpected) {
      const content = last.subarray(5).join(',');
      const detail = `{unexpected_msg,{internal,{change_cipher_spec,<<${content}>>}}}`;
      return answer('unexpected_message', certify, 'unexpected message', detail);
    }
  }
  switch (code) {
    case 'ERR_SSL_NO_SHARED_CIPHER':
    case 'ERR_SSL_NO_CIPHERS_SPECIFIED':
      return is13
        ? answer('insufficient_security', negotiate, 'ciphers 1.3', 'no_suitable_cipher', 1)
        : answer('insufficient_security', negotiate, 'ciphers 1.2', 'no_suitable_ciphers');
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW': {
      const minor = MINOR[version ?? ''] ?? 0;
      // Erlang 26 and later has these versions, but no ciphers for them. Earlier ones accept them: OpenSSL does not.
      return minor === 0
        ? answer('protocol_version', 'hello', 'protocol version', null, minor)
        : answer('insufficient_security', 'hello', 'ciphers 1.2', 'no_suitable_ciphers', minor);
    }
    case 'ERR_SSL_MISSING_SUPPORTED_GROUPS_EXTENSION':
      return answer('illegal_parameter', negotiate, 'groups', '{supported_groups,undefined}', 1);
    case 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE':
      return is13
        ? answer('certificate_required', certify, 'no certificate 1.3', 'certificate_required')
        : answer('handshake_failure', certify, 'no certificate 1.2', 'no_client_certificate_provided');
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return answer('bad_certificate', certify, 'certificate', erlang.close === 'fin' ? 'selfsigned_peer' : null);
    case 'INVALID_PURPOSE':
      return erlang.close === 'fin'
        ? answer(
            'unsupported_certificate',
            certify,
            'certificate purpose',
            '{invalid_ext_keyusage,["id-kp-serverAuth"]}',
          )
        : answer('handshake_failure', certify, 'certificate purpose', '{bad_cert,invalid_ext_key_usage}');
    case 'CERT_HAS_EXPIRED':
      return answer('certificate_expired', certify, null, null);
    case 'CERT_REVOKED':
      return answer('certificate_revoked', certify, null, null);
    default: {
      if (UNKNOWN_CA.test(code)) return answer('unknown_ca', certify, null, null);
      const number = failure.alert ?? alertNumber('handshake_failure');
      return {
        alert: { by: 'server', number, state: certify, detail: null, place: null },
        record: failure.alert === null ? null : alertRecord(number, 3),
      };
    }
  }
}
