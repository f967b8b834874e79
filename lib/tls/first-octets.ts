/** A client that does not speak TLS on a TLS port. `alert`: the answer to it. `term`: what a broker prints. */
export type NoTls = { readonly alert: Uint8Array; readonly term: string };

/** The record types of TLS: change cipher spec, alert, handshake, application data. */
const FIRST_TYPE = 0x14;
const LAST_TYPE = 0x17;

const UNEXPECTED_MESSAGE = 10;
const BAD_RECORD_MAC = 20;

/** An alert in Erlang's form before a version was negotiated. */
const alert = (description: number) => Uint8Array.of(0x15, 3, 1, 0, 2, 2, description);

/** The number of octets that are enough to recognize a TLS client. */
export const ENOUGH = 3;

/**
 * How RabbitMQ judges a client's first octets on a TLS port. The first octet is the record type, the next two are the
 * version.
 *
 * @returns null if the octets may be TLS
 * @see Erlang's tls_record.erl, `get_tls_records_aux`; confirmed on RabbitMQ 3.10.8
 */
export function noTls(octets: Uint8Array): NoTls | null {
  const [type, major, minor] = octets;
  if (type === undefined) return null;
  if (type < FIRST_TYPE || type > LAST_TYPE) {
    return { alert: alert(UNEXPECTED_MESSAGE), term: `{unsupported_record_type,${type}}` };
  }
  if (major === undefined || minor === undefined || (major === 3 && minor <= 4)) return null;
  return { alert: alert(BAD_RECORD_MAC), term: `{unsupported_version,{${major},${minor}}}` };
}
