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
/** The end of the part that names the connection: at the end of a line, or where an entry has only one. */
const HEAD = /\)(?:, channel(?: number)? \d+)?:(?=\s*\n|\s*$|error while)/;
const HEAD_IN_LINE = /\)(?:, channel(?: number)? \d+)?: /;
/** The part that names the connection is at most this long. It has a line break only if the client's name for it has one. */
const LONGEST_HEAD = 2_000;

/** Reads which connection an entry of a reader is about: `closing AMQP connection <0.7.0> (CLIENT -> SERVER, ...):`. */
export function subjectOf(text: string): Subject {
  const beginning = text.slice(0, LONGEST_HEAD);
  const end = HEAD.exec(beginning) ?? HEAD_IN_LINE.exec(beginning);
  const head = end === null ? beginning : beginning.slice(0, end.index + end[0].length);
  const ends = ENDS.exec(head);
  const login = LOGIN.exec(head);
  const channel = /, channel(?: number)? (\d+)/.exec(head)?.[1];
  return {
    client: ends?.[1] ?? null,
    listener: ends?.[2] ?? null,
    user: known(login?.[2] ?? USER.exec(head)?.[1]),
    vhost: known(login?.[1]),
    connection: ends && (GIVEN.exec(head.slice(ends.index + ends[0].length))?.[1] ?? null),
    state: STATE.exec(head)?.[1] ?? null,
    channel: channel === undefined ? null : Number(channel),
    rest: end === null ? afterLine(text, ends !== null) : text.slice(head.length),
  };
}

/** The text after the first line; empty if that line is a whole entry about a connection that it names. */
function afterLine(text: string, isNamed: boolean): string {
  const lineEnd = text.indexOf('\n');
  return lineEnd === -1 || isNamed ? '' : text.slice(lineEnd + 1);
}

/** The name that the client gave, after the addresses. */
const GIVEN = /^ - ([\s\S]*?)(?:, (?:vhost|user|state|duration): |\)(?:,|:|$))/;
const known = (value: string | undefined): string | null => (value === undefined || value === 'none' ? null : value);
