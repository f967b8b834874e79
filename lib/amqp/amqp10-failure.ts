import type { Amqp10Layer } from './amqp10-frame.js';
import type { HeaderProblem } from './amqp10-header-check.js';
import type { Dialect } from './dialect.js';
import { Atom, type ErlangTerm, SECRET } from './erlang-pretty.js';
import type { Failure } from './reason.js';

/** The errors an AMQP 1.0 client can make before its connection is open. */
type ClientError =
  | { readonly type: 'bad second header'; readonly octets: Uint8Array }
  | { readonly type: 'unknown mechanism'; readonly mechanism: string }
  | { readonly type: 'unknown vhost'; readonly vhost: string }
  | { readonly type: 'login refused'; readonly mechanism: string | null; readonly user: string | null }
  | { readonly type: 'bad frame header'; readonly layer: Amqp10Layer; readonly problem: HeaderProblem }
  | { readonly type: 'channel'; readonly channel: number }
  /** A frame with a body that the broker cannot decode, or does not expect in this state. */
  | { readonly type: 'bad body'; readonly layer: Amqp10Layer };

const utf8 = new TextEncoder();

/**
 * Why a broker of that dialect ends the connection after such an error.
 *
 * @see rabbit_amqp1_0_reader.erl, rabbit_amqp_reader.erl
 */
export function amqp10Failure(error: ClientError, dialect: Dialect): Failure {
  switch (error.type) {
    case 'bad second header':
      return failed([new Atom('bad_input'), new Atom('handshake'), error.octets]);
    case 'unknown mechanism': {
      const text = `unknown authentication mechanism '${error.mechanism}'`;
      return failed(handshakeError('sasl', 'amqp:not-found', text, dialect));
    }
    case 'unknown vhost': {
      const text = `AMQP 1.0 connection failed: virtual host '${error.vhost}' does not exist`;
      return failed(handshakeError('amqp', 'amqp:unauthorized-access', text, dialect));
    }
    case 'login refused': {
      const text = `${error.mechanism} login refused: user '${error.user ?? ''}' - invalid credentials`;
      return failed(handshakeError('sasl', 'amqp:unauthorized-access', text, dialect));
    }
    case 'bad frame header':
      return badFrameHeader(error.layer, error.problem, dialect);
    case 'channel': {
      const text = `channel number (${error.channel}) exceeds maximum channel number (0)`;
      return failed(handshakeError('amqp', FRAMING_ERROR, text, dialect));
    }
    case 'bad body':
      // The text contains what the client sent, which may be a login, and a stack trace.
      return failed(handshakeError(error.layer, 'amqp:internal-error', null, dialect));
    default:
      return error satisfies never;
  }
}

const FRAMING_ERROR = 'amqp:connection:framing-error';

function badFrameHeader(layer: Amqp10Layer, problem: HeaderProblem, dialect: Dialect): Failure {
  switch (problem.type) {
    case 'framing':
      return failed(handshakeError(layer, FRAMING_ERROR, problem.text, dialect));
    case 'thrown':
      return failed(problem.term);
    case 'crash':
      return problem.reason;
    default:
      return problem satisfies never;
  }
}

const failed = (term: ErlangTerm): Failure => ({ name: 'handshake_error', failure: { type: 'amqp10', term } });

/** @param text null: it is left out */
function handshakeError(layer: Amqp10Layer, condition: string, text: string | null, dialect: Dialect): ErlangTerm {
  const error: ErlangTerm = [
    new Atom('v1_0.error'),
    [new Atom('symbol'), utf8.encode(condition)],
    [new Atom('utf8'), text === null ? SECRET : utf8.encode(text)],
    new Atom('undefined'),
  ];
  const name = new Atom('handshake_error');
  if (dialect.handshakeErrorNamesChannel) return [name, new Atom('starting'), 0, error];
  return [name, new Atom(layer === 'sasl' ? 'waiting_sasl_init' : 'waiting_open'), error];
}
