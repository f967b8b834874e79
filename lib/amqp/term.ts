import { crashTerm, failureTerm } from '../proxy-protocol/failure.js';
import { oneLine } from '../text/one-line.js';
import { alertName } from '../tls/alert.js';
import { amqpErrorTerm } from './amqp-error.js';
import type { BrokerError } from './broker-error.js';
import type { Dialect } from './dialect.js';
import { printBinary, printString, printTuple } from './erlang.js';
import { Atom, type ErlangTerm, LEFT_OUT, prettyPrint } from './erlang-pretty.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { methodName } from './method-name.js';
import type { HandshakeFailure, Reason, TlsFailure } from './reason.js';
import { explanationOf, replyName } from './reply-code.js';

/**
 * What a broker of that dialect prints for a reason: the text of its closing entry after the first line, or of its
 * `Error on AMQP connection`. A long text has several lines.
 *
 * @returns null for a clean end, which has no such text; the name for the proxy's own reasons
 */
export function termOf(reason: Reason, dialect: Dialect): string | null {
  if ('tls' in reason) return tlsTerm(reason.tls);
  if ('proxyHeader' in reason) {
    return dialect.proxyHeaderFailure === 'crash' ? crashTerm(reason.proxyHeader) : failureTerm(reason.proxyHeader);
  }
  switch (reason.name) {
    case 'connection_closed_abruptly':
      // RabbitMQ prints this sentence instead of its internal term.
      return 'client unexpectedly closed TCP connection';
    case 'bad_header':
      return badHeader(reason, dialect);
    case 'bad_version':
      return printTuple('bad_version', printTuple(...reason.quad));
    case 'sasl_required':
      return `RabbitMQ requires SASL security layer (expected protocol ID 3, but client sent protocol ID ${reason.protocolId})`;
    case 'unsupported_amqp1_0_protocol_id':
      return printTuple('unsupported_amqp1_0_protocol_id', reason.protocolId);
    case 'handshake_timeout':
      return printTuple('handshake_timeout', callbackTerm(reason.callback, dialect));
    case 'handshake_error':
      return handshakeError(reason.failure, dialect);
    case 'auth_failure': {
      const user = reason.user === null ? '' : `: user '${reason.user}' - invalid credentials`;
      return oneLine(`${reason.mechanism ?? 'unknown'} login refused${user}`);
    }
    case 'vhost_not_found':
    case 'access_refused':
      return oneLine(reason.text);
    case 'frame_error':
      return 'term' in reason ? print(reason.term, dialect) : 'fatal_frame_error';
    case 'missed_heartbeats':
      return `missed heartbeats from client, timeout: ${reason.timeout}s`;
    case 'reader_crashed':
      return print(reason.term, dialect);
    case 'connection_closed':
      if (reason.error === null) return null;
      return 'condition' in reason.error
        ? printBinary(utf8.encode(reason.error.text), dialect.reasonLetter)
        : brokerError(reason.error, dialect);
    case 'connection_closed_with_no_data_received':
    case 'amqp1_0_plugin_not_enabled':
    case 'upstream_unreachable':
    case 'upstream_closed':
    case 'limit':
    case 'shutdown':
    case 'health_check_failed':
      return reason.name;
    case 'fault':
      return `fault: ${reason.fault}`;
    default:
      return reason satisfies never;
  }
}

/** A broker's reader does not print these. */
function tlsTerm(failure: TlsFailure): string {
  switch (failure.type) {
    case 'alert':
      return failure.code ?? failure.alert.detail ?? alertName(failure.alert.number);
    case 'timeout':
      return printTuple('handshake_timeout', 'tls');
    case 'closed':
      return 'client unexpectedly closed TCP connection';
    default:
      return failure satisfies never;
  }
}

const utf8 = new TextEncoder();

const SENTENCE = 'client did not start with AMQP protocol header: ';

type BadHeader = Extract<Reason, { name: 'bad_header'; octets: Uint8Array }>;

function badHeader({ detail, octets }: BadHeader, dialect: Dialect): string {
  const printed = printBinary(octets, dialect.badHeaderLetter);
  if (!dialect.detectsPeers) return printTuple('bad_header', printed);
  switch (detail) {
    case 'detected_tls':
      return 'TLS client detected on non-TLS AMQP port. Ensure the client is connecting to the correct port.';
    case 'detected_http_get':
      return 'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.';
    case 'other':
      return SENTENCE + prettyPrint(octets, { letter: dialect.badHeaderLetter, column: SENTENCE.length + 1 });
    default:
      return detail satisfies never;
  }
}

/** RabbitMQ 3.7 and 3.8 log through a library that does not wrap terms. */
function print(term: ErlangTerm, dialect: Dialect): string {
  const width = dialect.entryShape === 'first line prefixed' ? 0 : 80;
  return prettyPrint(term, { letter: dialect.reasonLetter, width });
}

function callbackTerm(callback: HandshakeCallback, dialect: Dialect): string {
  switch (callback.name) {
    case 'handshake':
    case 'frame_header':
      return callback.name;
    case 'frame_payload':
      return printTuple(callback.name, callback.type, callback.channel, callback.size);
    case 'amqp10_header':
      return printTuple(dialect.amqp10HeaderCallback, callback.layer);
    case 'amqp10_body':
      return printTuple(dialect.amqp10BodyCallback, callback.layer, callback.dataOffset, callback.channel);
    default:
      return callback satisfies never;
  }
}

/** @see rabbit_reader.erl, `handle_exception`, `log_connection_exception` */
function handshakeError(failure: HandshakeFailure, dialect: Dialect): string {
  const name = new Atom('handshake_error');
  const inState = (state: string, channel: number, error: ErlangTerm): string =>
    print([name, new Atom(state), ...(dialect.handshakeErrorNamesChannel ? [channel] : []), error], dialect);
  switch (failure.type) {
    case 'error':
      return inState(failure.state, failure.channel, amqpErrorTerm(failure.error));
    case 'undecodable':
      return inState(failure.state, 0, [
        new Atom('error'),
        new Atom('function_clause'),
        new Atom(failure.method),
        LEFT_OUT,
      ]);
    case 'tuning': {
      if (dialect.tuningFailure === 'sentence') return `failed to negotiate connection parameters: ${failure.text}`;
      const error = amqpErrorTerm({ name: 'not_allowed', explanation: failure.text, method: 'connection.tune' });
      return inState('tuning', 0, [new Atom('exit'), error, new Atom('connection.tune_ok'), LEFT_OUT]);
    }
    case 'amqp10':
      return print(failure.term, dialect);
    default:
      return failure satisfies never;
  }
}

/** @see rabbit_reader.erl, `log_hard_error`, `format_hard_error` */
export function brokerError({ code, text, classId, methodId, stage }: BrokerError, dialect: Dialect): string {
  const name = (replyName(code) ?? String(code)).toLowerCase();
  const explanation = explanationOf(text);
  const method = methodName(classId, methodId) ?? 'none';
  if (stage === 'opening') {
    const error = amqpErrorTerm({ name, explanation, method });
    return print([new Atom('handshake_error'), new Atom('opening'), error], dialect);
  }
  return `operation ${method} caused a connection exception ${name}: ${printString(explanation)}`;
}
