import { HEADER_LENGTH } from '../amqp/header.js';
import type { Facts } from './facts.js';

const ANSWERED = 'The proxy answered the protocol header itself, because of healthChecks';

/**
 * Returns one sentence for a connection that the proxy answered in the place of the broker; undefined for all others, and for
 * those whose reason says what happened without the broker.
 */
export function answerSentence({ healthCheckAnswer, header, stage, reason, ended, handshakeTimeout }: Facts) {
  if (healthCheckAnswer !== 'local' || header.length < HEADER_LENGTH || stage === 'header') return undefined;
  const left = ended.clientSent === 'rst' ? 'reset' : 'closed';
  const closed = ended.clientSaw === 'fin' ? 'closed' : 'reset';
  switch (reason.name) {
    case 'connection_closed_abruptly':
      return `${ANSWERED}, and the client ${left} the connection. The broker was not dialed.`;
    case 'handshake_timeout':
      return `${ANSWERED}, and the client sent nothing more for ${handshakeTimeout / 1000} s and was ${closed}.`;
    case 'handshake_error':
      return isLogin(reason)
        ? `${ANSWERED}, and refused the login of the client: only a broker can check it. Remove the client's address from healthChecks if it is not a health check.`
        : `${ANSWERED}, and ended the connection as RabbitMQ does after an error in the handshake.`;
    default:
      return undefined;
  }
}

function isLogin(reason: Facts['reason']): boolean {
  return 'failure' in reason && reason.failure.type === 'error' && reason.failure.error.name === 'not_allowed';
}
