import { ACCEPTED, type HeaderRules, step, type Verdict } from '../amqp/classifier.js';
import { type DescribedReason, describeReason } from '../amqp/describe-reason.js';
import { toHex } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import { isRefusedVersion } from '../amqp/reason.js';

/** The event after the octets: the end of the connection, or silence until the handshake timeout. */
export type End = 'fin' | 'rst' | 'timeout';

/** The result of classifying octets without a connection. */
export type Classification = {
  readonly dialect: string;
  /** `wait`: RabbitMQ would wait for more octets or the end of the connection. */
  readonly verdict: Verdict['type'];
  readonly reason: DescribedReason | null;
  /** In hex digits; empty if nothing is sent. */
  readonly farewell: string;
  /** How the TCP connection to the client is closed; null if it stays open. */
  readonly close: 'rst' | 'fin' | null;
  readonly sentence: string;
};

type Setting = { readonly handshakeTimeout: number; readonly close: 'fin' | 'rst' };

const DEFAULTS: Setting = { handshakeTimeout: 10_000, close: 'rst' };

/**
 * Returns the verdict on octets, without a connection.
 *
 * @param end what followed the octets; undefined: nothing yet
 * @param setting the settings of the proxy that would receive them; `handshakeTimeout` in ms
 */
export function classify(
  octets: Uint8Array,
  end: End | undefined,
  rules: HeaderRules,
  { handshakeTimeout, close }: Setting = DEFAULTS,
): Classification {
  const read = octets.length === 0 ? ACCEPTED : step(ACCEPTED, { type: 'data', octets }, rules);
  const { seen, verdict } =
    end === undefined ? read : step(read, { type: end === 'timeout' ? 'timeout' : 'end' }, rules);
  const base = { dialect: rules.dialect.name, verdict: verdict.type };
  if (verdict.type === 'wait' || verdict.type === 'forward') {
    const sentence =
      verdict.type === 'wait'
        ? `RabbitMQ waits for more: ${seen.length} of 8 bytes have arrived, and it decides after the eighth.`
        : `AMQP ${verdict.quad.join(' ')}: the connection is forwarded to the broker.`;
    return { ...base, reason: null, farewell: '', close: null, sentence };
  }
  const reason = describeReason(verdict.reason, rules.dialect, {
    header: seen,
    looksLike: looksLike(seen, null, false, isRefusedVersion(verdict.reason)),
    handshakeTimeout,
    close,
    upstream: null,
    clientSent: end === 'fin' || end === 'rst' ? end : null,
    unnoticed: false,
    overTls: false,
    due: null,
    clientClosed: false,
    onTlsPort: false,
  });
  const farewell = verdict.type === 'refuse' ? toHex(verdict.farewell) : '';
  return { ...base, reason, farewell, close, sentence: reason.sentence };
}
