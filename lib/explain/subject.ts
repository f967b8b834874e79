/** What an entry of a reader is about: the connection that it names, and the text after that. */
export type Subject = {
  /** `10.0.0.7:50122`; null if the entry does not name it. */
  readonly client: string | null;
  readonly listener: string | null;
  readonly user: string | null;
  /** null if the connection was not open. */
  readonly vhost: string | null;
  /** The name that the client gave the connection. */
  readonly connection: string | null;
  /** RabbitMQ's connection state, such as `starting` or `running`. */
  readonly state: string | null;
  readonly channel: number | null;
  /** The text after the connection, with its line breaks; empty if there is none. */
  readonly rest: string;
};

export const NO_SUBJECT: Subject = {
  client: null,
  listener: null,
  user: null,
  vhost: null,
  connection: null,
  state: null,
  channel: null,
  rest: '',
};

const ENDS = /([^\s,()'"]+:\d+) -> ([^\s,()'"]+:\d+)/;
/** A value in quotes ends where a comma or the closing bracket follows. */
const LOGIN = /, vhost: ?'((?:[^']|'(?![,)]))*)', user: ?'((?:[^']|'(?![,)]))*)'/;
const USER = /, user: '((?:[^']|'(?![,)]))*)'/;
const STATE = /, state: (\w+)\)/;
/** The end of the part that names the connection, where the entry has only one line. */
const HEAD = /\)(?:, channel(?: number)? \d+)?:(?=\s|$|error while)/;
/** A first line is at most this long, or it is not one. */
const LONGEST_HEAD = 2_000;

/** Reads which connection an entry of a reader is about: `closing AMQP connection <0.7.0> (CLIENT -> SERVER, ...):`. */
export function subjectOf(text: string): Subject {
  const lineEnd = text.indexOf('\n');
  const line = lineEnd === -1 ? text : text.slice(0, lineEnd);
  const first = line.slice(0, LONGEST_HEAD);
  const colon = HEAD.exec(first);
  const head = colon === null ? first : first.slice(0, colon.index + colon[0].length);
  const ends = ENDS.exec(head);
  const login = LOGIN.exec(head);
  const given =
    ends && / - (.*?)(?:, (?:vhost|user|state|duration): |\)(?:,|:|$))/.exec(head.slice(ends.index + ends[0].length));
  const channel = /, channel(?: number)? (\d+)/.exec(head)?.[1];
  return {
    client: ends?.[1] ?? null,
    listener: ends?.[2] ?? null,
    user: known(login?.[2] ?? USER.exec(head)?.[1]),
    vhost: known(login?.[1]),
    connection: given?.[1] ?? null,
    state: STATE.exec(head)?.[1] ?? null,
    channel: channel === undefined ? null : Number(channel),
    rest: colon === null ? (lineEnd === -1 ? '' : text.slice(lineEnd + 1)) : text.slice(head.length),
  };
}

const known = (value: string | undefined): string | null => (value === undefined || value === 'none' ? null : value);
