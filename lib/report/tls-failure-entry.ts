import type { Dialect } from '../amqp/dialect.js';
import { Atom, prettyPrint } from '../amqp/erlang-pretty.js';
import { isWithoutTls, type TlsFailure } from '../amqp/reason.js';
import { alertName, alertSentence } from '../tls/alert.js';
import type { Report } from './report.js';

/** The listener's name in RabbitMQ's entries. */
const LISTENER = "'amqp/ssl'";

/**
 * Returns the text of a broker's entry for a failed TLS handshake; null if that version has none. A broker logs nothing
 * about clients that leave.
 *
 * @see rabbit_networking.erl, `ranch_handshake`; before 4.1.1, Erlang's tls_gen_connection.erl
 */
export function tlsFailureText(
  { client, via }: Pick<Report, 'client' | 'via'>,
  failure: TlsFailure,
  { tlsFailure }: Dialect,
): string | null {
  if (failure.type === 'closed' || tlsFailure === 'nothing') return null;
  if (tlsFailure === 'notice') {
    if (failure.type !== 'alert') return null;
    const { alert } = failure;
    return `${alertSentence(alert)}\n ${alert.detail === null ? '' : `- ${alert.detail}`}`;
  }
  // TLS is below the PROXY header: the peer is the load balancer.
  const peer = via ?? client;
  if (failure.type === 'alert' && tlsFailure !== 'error' && isWithoutTls(failure)) {
    return `${peer} is connecting to the ${LISTENER} listener without using TLS`;
  }
  return `${errorOf(failure)} error during handshake for protocol ${LISTENER} and peer ${peer}`;

  function errorOf(ended: Exclude<TlsFailure, { type: 'closed' }>): string {
    if (ended.type === 'timeout') return 'timeout';
    const { alert } = ended;
    const sentence = `${alertSentence(alert)}\n${alert.detail === null ? '' : ` ${alert.detail}`}`;
    const term = [new Atom('tls_alert'), [new Atom(alertName(alert.number)), sentence]];
    return prettyPrint(term);
  }
}
