/** The names and numbers of TLS alerts that Erlang knows, without `user_canceled` and the like, which end no handshake. */
const NUMBERS = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  unsupported_extension: 110,
  unrecognized_name: 112,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

export type AlertName = keyof typeof NUMBERS;

/** The alerts that are always fatal: all but close_notify. */
export const FATAL_ALERTS = (Object.keys(NUMBERS) as AlertName[]).filter((name) => name !== 'close_notify');

const NAMES: ReadonlyMap<number, AlertName> = new Map(
  Object.entries(NUMBERS).map(([name, number]) => [number, name as AlertName]),
);

/** A fatal alert that ends a TLS handshake, as Erlang's TLS server describes it. */
export type TlsAlert = {
  /** The side that sent it. */
  readonly by: 'server' | 'client';
  /** The number, which may have no name if the client sent it. */
  readonly number: number;
  /** The state of the server: `hello`, or a later one. */
  readonly state: string;
  /** What Erlang adds to it, such as `{unsupported_record_type,65}`. */
  readonly detail: string | null;
  /** Where Erlang's source generates it, such as `tls_record.erl:532`. */
  readonly place: string | null;
};

/** The alert record that a server sends without encryption. @param version of the record: its minor number */
export const alertRecord = (number: number, version = 1): Uint8Array =>
  Uint8Array.of(0x15, 3, version, 0, 2, 2, number);

/** The alert in a record that a client of this version accepts. @param version the highest that the client offered */
export const alertFor = (number: number, version: string | null): Uint8Array =>
  // The records of TLS 1.3 have the version of TLS 1.2.
  alertRecord(number, { 'SSL 3.0': 0, 'TLS 1.0': 1, 'TLS 1.1': 2 }[version ?? ''] ?? 3);

export const alertNumber = (name: AlertName): number => NUMBERS[name];

export const alertNumberOf = (name: string): number | undefined =>
  name in NUMBERS ? NUMBERS[name as AlertName] : undefined;

/** Erlang's atom for an alert. */
export const alertName = (number: number): string => NAMES.get(number) ?? 'unsupported/unknown_alert';

const WORDS: { readonly [word: string]: string } = { mac: 'MAC', ca: 'CA' };

/** Erlang's words for an alert: `Bad Record MAC`. */
function alertTitle(number: number): string {
  const name = NAMES.get(number);
  if (name === undefined) return `unsupported/unknown alert: ${number}`;
  if (name === 'certificate_required') return 'Certificate required';
  return name
    .split('_')
    .map((word) => WORDS[word] ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/**
 * Erlang's sentence about an alert. `TLS server: In state hello at tls_record.erl:532 generated SERVER ALERT: Fatal - …`
 *
 * @see Erlang's ssl_alert.erl, `alert_txt`; confirmed on Erlang/OTP 25, 27 and 29
 */
export function alertSentence({ by, number, state, place }: TlsAlert): string {
  const at = place === null ? '' : ` at ${place}`;
  const act = by === 'client' ? 'received CLIENT' : `${at.trimStart()}${at === '' ? '' : ' '}generated SERVER`;
  return `TLS server: In state ${state} ${act} ALERT: Fatal - ${alertTitle(number)}`;
}
