import { type AmqpError, malformedPlain } from './amqp-error.js';
import type { FollowedMethod } from './connection-methods.js';
import type { Dialect } from './dialect.js';
import { loginOf } from './sasl-login.js';

/** The mechanisms that a broker knows, whether it offers them or not. rabbit_auth_mechanism_*.erl */
const KNOWN_MECHANISMS = ['PLAIN', 'AMQPLAIN', 'RABBIT-CR-DEMO', 'EXTERNAL', 'ANONYMOUS'];

/**
 * The error in a client's choice of mechanism; undefined if there is none.
 *
 * @param offered the mechanisms in the broker's Start; null: not yet known
 * @see rabbit_reader.erl, `auth_mechanism_to_module`
 */
export function mechanismError(mechanism: string, offered: readonly string[] | null): AmqpError | undefined {
  const isKnown = KNOWN_MECHANISMS.includes(mechanism);
  if (offered === null ? isKnown : offered.includes(mechanism)) return undefined;
  const explanation = `${isKnown ? 'invalid' : 'unknown'} authentication mechanism '${mechanism}'`;
  return { name: 'command_invalid', explanation, method: 'connection.start_ok' };
}

/** The error in a Start-Ok whatever its user and password are; undefined if there is none. */
export function loginError(
  { mechanism, response }: Extract<FollowedMethod, { name: 'connection.start-ok' }>,
  offered: readonly string[] | null,
  dialect: Dialect,
): AmqpError | undefined {
  const error = mechanismError(mechanism, offered);
  if (error) return error;
  if (loginOf(mechanism, response) !== null) return undefined;
  if (mechanism === 'PLAIN') return malformedPlain(response, dialect);
  if (mechanism !== 'AMQPLAIN') return undefined;
  const explanation = 'AMQPLAIN auth info [] is missing LOGIN or PASSWORD field';
  // A malformed table causes another error in RabbitMQ, whose stack trace is not imitated.
  return { name: 'syntax_error', explanation, method: 'connection.start_ok' };
}
