import type { Dialect } from './dialect.js';
import { Atom, type ErlangTerm, prettyPrint, SECRET } from './erlang-pretty.js';
import { FRAME_TYPE, type Frame, type FrameProblem } from './frame.js';
import { secretFrom } from './secret.js';

/** RabbitMQ's `amqp_error`: its name, an explanation, and the method that caused it. */
export type AmqpError = {
  readonly name: string;
  readonly explanation: string;
  /** In Erlang's spelling, for example `connection.start_ok`; `none` if a frame caused the error. */
  readonly method: string;
};

/** Maximum octets of a payload in an explanation. */
const SNIPPET = 16;

/**
 * The error for octets that are not a frame. A broker prints the first octets of the payload, whatever they are; here
 * they are left out if they contain a secret.
 *
 * @see rabbit_reader.erl, `frame_error`, `payload_snippet`
 */
export function frameError(problem: FrameProblem | (Frame & { readonly name: 'unknown_frame' }), dialect: Dialect) {
  const payload = problem.name === 'frame_too_large' ? new Uint8Array() : problem.payload;
  const text = new Explanation(dialect).frame(problem.type, payload).words(': ').term(detailOf(problem));
  return { name: 'frame_error', explanation: text.toString(), method: 'none' };
}

/** The error for a frame that is not allowed in the current state. @see rabbit_reader.erl, `unexpected_frame` */
export function unexpectedFrame({ type, payload }: Frame, dialect: Dialect): AmqpError {
  const text = new Explanation(dialect).frame(type, payload);
  return { name: 'unexpected_frame', explanation: text.toString(), method: 'none' };
}

/** The error for a frame that is never allowed before Open; undefined for one that may be. @see rabbit_reader.erl, `handle_frame` */
export function frameObjection(frame: Frame, dialect: Dialect): AmqpError | undefined {
  const { type, channel, payload } = frame;
  if (channel !== 0) return unexpectedFrame(frame, dialect);
  if (type === FRAME_TYPE.heartbeat && payload.length === 0) return undefined;
  if (type === FRAME_TYPE.body || (type === FRAME_TYPE.header && payload.length >= 12)) {
    return unexpectedFrame(frame, dialect);
  }
  if (type === FRAME_TYPE.method && payload.length >= 4) return undefined;
  return frameError({ ...frame, name: 'unknown_frame' }, dialect);
}

/**
 * The error for a malformed PLAIN response. A broker prints the response. Here it is printed only if it contains
 * nothing but the default credentials, because any other response may contain a password.
 *
 * @see rabbit_auth_mechanism_plain.erl, `handle_response`
 */
export function malformedPlain(response: Uint8Array, dialect: Dialect): AmqpError {
  const text = new Explanation(dialect).words('response ').term(shown(response)).words(' invalid');
  return { name: 'syntax_error', explanation: text.toString(), method: 'connection.start_ok' };
}

/** An error as an Erlang tuple. */
export function amqpErrorTerm({ name, explanation, method }: AmqpError): ErlangTerm {
  return [new Atom('amqp_error'), new Atom(name), explanation, new Atom(method)];
}

const shown = (response: Uint8Array): ErlangTerm =>
  /^(guest|\0)*$/.test(String.fromCharCode(...response.subarray(0, 64))) && response.length <= 64 ? response : SECRET;

function detailOf(problem: FrameProblem | (Frame & { readonly name: 'unknown_frame' })): ErlangTerm {
  const name = new Atom(problem.name);
  switch (problem.name) {
    case 'frame_too_large':
      // RabbitMQ checks the limit plus 8 octets for the frame around the payload, and prints the limit alone.
      return [name, problem.size, problem.maxPayload - 8];
    case 'invalid_frame_end_marker':
      return [name, problem.marker];
    case 'unknown_frame':
      return name;
    default:
      return problem satisfies never;
  }
}

/** Builds a text as `io_lib:format` does: each term is laid out from the column where it begins. */
class Explanation {
  private text = '';
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  words(words: string): this {
    this.text += words;
    return this;
  }

  term(term: ErlangTerm): this {
    const column = this.text.length - this.text.lastIndexOf('\n');
    this.text += prettyPrint(term, { letter: this.dialect.reasonLetter, column });
    return this;
  }

  frame(type: number, payload: Uint8Array): this {
    const isShort = payload.length <= SNIPPET;
    const head = payload.subarray(0, SNIPPET);
    const term = secretFrom(payload) < head.length ? SECRET : head;
    return this.words(`type ${type}, ${isShort ? 'all' : 'first 16'} octets = `).term(term);
  }

  toString(): string {
    return this.text;
  }
}
