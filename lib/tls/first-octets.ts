import { type AlertName, alertNumber, type TlsAlert } from './alert.js';
import type { ErlangTls, Place } from './erlang-tls.js';

/** What a TLS listener does about the first octets of a client. */
export type FirstOctets =
  /** It waits for more. */
  | { readonly type: 'wait' }
  /** They are a ClientHello, which OpenSSL judges. */
  | { readonly type: 'hello' }
  /** It ends the handshake. `alert`: null if the client sent a close_notify. */
  | { readonly type: 'end'; readonly alert: TlsAlert | null };

const WAIT: FirstOctets = { type: 'wait' };
const HELLO: FirstOctets = { type: 'hello' };

/** The record types of TLS. */
const CHANGE_CIPHER_SPEC = 0x14;
const ALERT = 0x15;
const HANDSHAKE = 0x16;
const APPLICATION_DATA = 0x17;

const HELLO_REQUEST = 0;
const CLIENT_HELLO = 1;
/** Handshake messages that Erlang can decode before it knows the version, and does not expect first. */
const UNEXPECTED: ReadonlyMap<number, string> = new Map([
  [16, 'client_key_exchange'],
  [20, 'finished'],
]);

/** Erlang's limits for a record and for a handshake message, in octets. */
const RECORD_MAX = 0x4800;
const MESSAGE_MAX = 256 * 1024;
/** A longer ClientHello is left to OpenSSL, which has limits too. */
const KEPT_MAX = 16_384;

/**
 * Judges a client's first octets as Erlang's TLS listener does, from the record types to the layout of the ClientHello.
 *
 * @param octets all octets of the client so far
 * @see Erlang's tls_record.erl, `get_tls_records_aux`, and tls_handshake.erl; measured on OTP 23, 25, 27 and 29
 */
export function judge(octets: Uint8Array, erlang: ErlangTls): FirstOctets {
  const end = (name: AlertName, place: Place, detail: string | null): FirstOctets => ({
    type: 'end',
    alert: { by: 'server', number: alertNumber(name), state: 'hello', detail, place: erlang.places[place] ?? null },
  });
  const unexpected = (message: string, content: Uint8Array): FirstOctets =>
    end(
      'unexpected_message',
      'unexpected message',
      `{unexpected_msg,{internal,{${message},<<${content.join(',')}>>}}}`,
    );

  let message: Uint8Array = new Uint8Array(0);
  let at = 0;
  for (;;) {
    const [type, major, minor] = octets.subarray(at);
    if (type === undefined) return WAIT;
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) {
      return end('unexpected_message', 'record type', `{unsupported_record_type,${type}}`);
    }
    if (major === undefined || minor === undefined) return WAIT;
    if (major !== 3 || minor > 4 || minor < erlang.oldestRecord) {
      return end('bad_record_mac', 'record version', `{unsupported_version,{${major},${minor}}}`);
    }
    if (octets.length < at + 5) return WAIT;
    const length = uint(octets, at + 3, 2);
    if (length > RECORD_MAX) return end('record_overflow', 'record length', null);
    const content = octets.subarray(at + 5, at + 5 + length);
    if (content.length < length) return octets.length > KEPT_MAX ? HELLO : WAIT;
    at += 5 + length;
    switch (type) {
      case CHANGE_CIPHER_SPEC:
        return unexpected('change_cipher_spec', content);
      case APPLICATION_DATA:
        return end('unexpected_message', 'application data', 'application_data_before_initial_handshake');
      case ALERT: {
        // All alerts of a record are decoded before the first one counts.
        const [level, number = 0] = content;
        if (length === 0 || length % 2 === 1 || content.some((octet, i) => i % 2 === 0 && octet !== 1 && octet !== 2)) {
          return end('illegal_parameter', 'alert', 'failed_to_decode_remote_alert');
        }
        if (level === 2) {
          return { type: 'end', alert: { by: 'client', number, state: 'hello', detail: null, place: null } };
        }
        if (number === 0) return { type: 'end', alert: null };
        if (erlang.refusesWarnings) return end('unexpected_message', 'warning', 'unexpected_alert');
        break;
      }
      case HANDSHAKE:
        message = message.length === 0 ? content : Buffer.concat([message, content]);
        while (isHelloRequest(message)) message = message.subarray(4);
        {
          const result = judgeMessage(message, end, unexpected);
          if (result.type !== 'wait') return result;
          if (octets.length > KEPT_MAX) return HELLO;
        }
    }
  }
}

/** A HelloRequest has no effect. */
const isHelloRequest = (octets: Uint8Array): boolean => octets[0] === HELLO_REQUEST && uint(octets, 1, 3) === 0;

function judgeMessage(
  octets: Uint8Array,
  end: (name: AlertName, place: Place, detail: string | null) => FirstOctets,
  unexpected: (message: string, content: Uint8Array) => FirstOctets,
): FirstOctets {
  if (octets.length < 4) return WAIT;
  const [type = 0] = octets;
  const length = uint(octets, 1, 3);
  if (octets.length < 4 + length) {
    return length > MESSAGE_MAX ? end('handshake_failure', 'handshake length', 'malformed_handshake_data') : WAIT;
  }
  const body = octets.subarray(4, 4 + length);
  const name = UNEXPECTED.get(type);
  if (name !== undefined) return unexpected(name, body);
  if (type !== CLIENT_HELLO || !isHello(body)) {
    return end('decode_error', 'handshake message', `{unknown_or_malformed_handshake,${type}}`);
  }
  return hasExtensions(body) ? HELLO : end('decode_error', 'extensions', 'handshake_decode_error');
}

/** Where the extensions of a ClientHello begin; NaN if its layout is wrong. */
function extensionsAt(body: Uint8Array): number {
  const session = body[34] ?? Number.NaN;
  if (session > 32) return Number.NaN;
  const ciphers = 35 + session;
  const compressions = ciphers + 2 + uint(body, ciphers, 2);
  return compressions + 1 + (body[compressions] ?? Number.NaN);
}

const isHello = (body: Uint8Array): boolean => extensionsAt(body) <= body.length;

/** Whether the extensions have the announced length. Old clients send none. */
function hasExtensions(body: Uint8Array): boolean {
  const at = extensionsAt(body);
  return at === body.length || at + 2 + uint(body, at, 2) === body.length;
}

/** A number of `size` octets; NaN if there are fewer. */
function uint(octets: ArrayLike<number>, at: number, size: number): number {
  let number = 0;
  for (let index = at; index < at + size; index++) number = number * 256 + (octets[index] ?? Number.NaN);
  return number;
}
