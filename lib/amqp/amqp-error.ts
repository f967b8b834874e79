import type { Dialect } from './dialect.js';
import { Atom, type ErlangTerm, prettyPrint, SECRET } from './erlang-pretty.js';
import type { Frame, FrameProblem } from './frame.js';
import { secretFrom } from './secret.js';

/** RabbitMQ's `amqp_error`: its name, an explanation in words, and the method that it is about. */
export type AmqpError = {
  readonly name: string;
  readonly explanation: string;
  /** As Erlang spells it, for example `connection.start_ok`; `none` where a frame is at fault. */
  readonly method: string;
};

/** How many octets of a payload an explanation shows. */
const SNIPPET = 16;

/**
 * The error of octets that are no frame. A broker shows the first octets of the payload, whatever they are; here that is
 * not done where a secret is among them.
 *
 * @see rabbit_reader.erl, `frame_error`, `payload_snippet`
 */
export function frameError(problem: FrameProblem | (Frame & { readonly name: 'unknown_frame' }), dialect: Dialect) {
  const payload = problem.name === 'frame_too_large' ? new Uint8Array() : problem.payload;
  const text = new Explanation(dialect).frame(problem.type, payload).words(': ').term(detailOf(problem));
  return { name: 'frame_error', explanation: text.toString(), method: 'none' };
}

/** The error of a frame that has no place where it came. @see rabbit_reader.erl, `unexpected_frame` */
export function unexpectedFrame({ type, payload }: Frame, dialect: Dialect): AmqpError {
  const text = new Explanation(dialect).frame(type, payload);
  return { name: 'unexpected_frame', explanation: text.toString(), method: 'none' };
}

/**
 * The error of a PLAIN response that is none. A broker prints the response; here that is done only for the credentials
 * that every broker has at first, for any other may be somebody's password.
 *
 * @see rabbit_auth_mechanism_plain.erl, `handle_response`
 */
export function malformedPlain(response: Uint8Array, dialect: Dialect): AmqpError {
  const text = new Explanation(dialect).words('response ').term(shown(response)).words(' invalid');
  return { name: 'syntax_error', explanation: text.toString(), method: 'connection.start_ok' };
}

/** An error as Erlang's tuple. */
export function amqpErrorTerm({ name, explanation, method }: AmqpError): ErlangTerm {
  return [new Atom('amqp_error'), new Atom(name), explanation, new Atom(method)];
}

const shown = (response: Uint8Array): ErlangTerm =>
  /^(guest|\0)*$/.test(String.fromCharCode(...response.subarray(0, 64))) && response.length <= 64 ? response : SECRET;

function detailOf(problem: FrameProblem | (Frame & { readonly name: 'unknown_frame' })): ErlangTerm {
  const name = new Atom(problem.name);
  switch (problem.name) {
    case 'frame_too_large':
      // The limit that is checked leaves room for the frame around the payload; the one that is told does not.
      return [name, problem.size, problem.maxPayload - 8];
    case 'invalid_frame_end_marker':
      return [name, problem.marker];
    case 'unknown_frame':
      return name;
    default:
      return problem satisfies never;
  }
}

/** A text in the making, as `io_lib:format` makes it: each term is laid out from the column where it begins. */
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
