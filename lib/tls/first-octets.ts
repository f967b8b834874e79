/** A client on a TLS port that does not speak TLS: what it is told, and what a broker prints of it. */
export type NoTls = { readonly alert: Uint8Array; readonly term: string };

/** Change cipher spec, alert, handshake, application data. */
const FIRST_TYPE = 0x14;
const LAST_TYPE = 0x17;

const UNEXPECTED_MESSAGE = 10;
const BAD_RECORD_MAC = 20;

/** An alert as Erlang writes it before a version was agreed on. */
const alert = (description: number) => Uint8Array.of(0x15, 3, 1, 0, 2, 2, description);

/** Octets from which a client can be told to speak TLS. */
export const ENOUGH = 3;

/**
 * What RabbitMQ sees in the first octets of a client on a TLS port: the first decides about the type of the record, the
 * next two about its version.
 *
 * @returns null for what may be TLS
 * @see tls_record.erl of Erlang, `get_tls_records_aux`; RabbitMQ 3.10.8 was seen to do it
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
