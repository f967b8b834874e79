import type { LogEntry } from '../explain/log-entry.js';
import { beginsEntry, placeOfBeginning, withReasonOnItsLine } from './beginning.js';
import { type Unwrapped, unwrap } from './envelope.js';
import { LineCutter } from './line-cutter.js';
import { levelOf } from './log-level.js';
import { ownCopy } from './own-copy.js';
import { type Prefixed, placeOfPrefix, rabbitmqPrefix, usualPrefix } from './rabbitmq-prefix.js';

/** An entry, and where it comes from. */
export type ReadEntry = LogEntry & {
  /** The Erlang process that wrote it; null if the log does not say. */
  readonly pid: string | null;
};

/** An entry whose further lines may follow. */
type Open = Prefixed & { text: string; lines: number };

/** What is known about one node, container or file. */
type Stream = {
  /** The newest is last. */
  open: Open[];
  /** The beginning of a line that was split. */
  part: string;
};

/** Limits of what is kept: entries of a stream whose lines may be mixed, streams, lines and characters of an entry. */
const [MOST_OPEN, MOST_STREAMS, MOST_LINES, LONGEST_ENTRY] = [4, 256, 500, 65_536] as const;

/**
 * Reads the entries of a broker's log of any version from 3.6 on, in any format: text or JSON, with or without what Docker,
 * Compose, Kubernetes, syslog or a journal puts around each line, also with the lines of several nodes mixed. Lines that
 * belong to no entry are counted. Memory is bounded, whatever the log contains.
 */
export class EntryReader {
  /** Lines, without empty ones. */
  lines = 0;
  /** Lines that are not RabbitMQ's. */
  others = 0;
  entries = 0;
  /** Without a prefix of another program. */
  private readonly unnamed: Stream = { open: [], part: '' };
  /** By name, the oldest first. */
  private readonly streams = new Map([['', this.unnamed]]);
  /** The one with the newest entry. */
  private last = this.unnamed;
  /** Whether nothing was around the line before. */
  private isPlain = false;
  private readonly cutter = new LineCutter((line) => this.line(line));
  private readonly take: (entry: ReadEntry) => void;
  private readonly now: number;

  /**
   * @param take called for each entry when its last line has been read
   * @param now ms since 1970, for times without a year
   */
  constructor(take: (entry: ReadEntry) => void, now: number) {
    this.take = take;
    this.now = now;
  }

  /** Lines that were longer than 256 KiB, and were cut. */
  get cut(): number {
    return this.cutter.cut;
  }

  push(chunk: Uint8Array): void {
    this.cutter.push(chunk);
  }

  /** Takes what is still open at the end of the log, or of one of several files. */
  end(): void {
    this.cutter.end();
    for (const stream of this.streams.values()) this.finish(stream);
  }

  private line(line: string): void {
    if (line === '') {
      this.bare('', '');
      return;
    }
    this.lines += 1;
    const own = usualPrefix(line, this.now);
    // The reason of 3.6 to 3.8 is a bare line: nothing else is so often one.
    if (!own && this.isPlain && expectsMore(this.unnamed.open.at(-1))) append(this.unnamed.open.at(-1), line);
    else {
      this.isPlain = own !== undefined;
      if (own) this.prefixed(this.unnamed, own);
      else this.unwrapped(unwrap(line, this.now));
    }
  }

  private unwrapped(found: Unwrapped): void {
    const stream = this.stream(found.stream);
    if (found.isPartial) {
      if (stream.part.length < LONGEST_ENTRY) stream.part += found.text;
      return;
    }
    if (stream.part !== '') {
      const text = stream.part + found.text;
      stream.part = '';
      const inner = unwrap(text, this.now);
      this.unwrapped({ ...inner, stream: found.stream, at: inner.at ?? found.at, isPartial: false });
    } else if (found.isEntry) {
      this.finish(stream);
      this.emit(found);
    } else this.output(stream, found);
  }

  /** Takes a line of output, or several of one message. */
  private output(stream: Stream, found: Unwrapped): void {
    const [first = '', ...rest] = found.text.includes('\n') ? found.text.split('\n') : [found.text];
    const begun = this.first(stream, found, first);
    for (const line of rest) {
      const own = rabbitmqPrefix(line, this.now);
      if (own) this.prefixed(stream, own);
      else if (begun) append(stream.open.at(-1), line);
      else this.bare(found.stream, line);
    }
  }

  /** Takes the first or only line of an unwrapped text. @returns whether it began or continued an entry */
  private first(stream: Stream, found: Unwrapped, line: string): boolean {
    const own = rabbitmqPrefix(line, this.now);
    if (own) {
      this.prefixed(stream, { ...own, at: own.at ?? found.at });
      return true;
    }
    const inside = placeOfPrefix(line);
    const later = inside > 0 ? rabbitmqPrefix(line.slice(inside), this.now) : undefined;
    if (later) {
      this.prefixed(this.stream(`${found.stream} ${line.slice(0, inside).replace(/\d+/g, '#')}`), later);
      return true;
    }
    const open = stream.open.at(-1);
    if (open && open.prefix !== null && line.startsWith(open.prefix) && !beginsEntry(line.slice(open.prefix.length))) {
      append(open, line.slice(open.prefix.length));
      return true;
    }
    const place = placeOfBeginning(line);
    if (place < 0 || open?.hasBareLines || (place > 0 && expectsMore(open))) return this.bare(found.stream, line);
    const before = line.slice(0, place);
    const level =
      found.level ?? levelOf(/\b(?:debug|info|notice|warn(?:ing)?|error|critical)\b/i.exec(before)?.[0] ?? '');
    this.prefixed(stream, {
      prefix: before === '' ? null : before,
      at: found.at,
      level: level ?? null,
      pid: null,
      text: line.slice(place),
      hasBareLines: false,
    });
    return true;
  }

  private prefixed(stream: Stream, { prefix, at, level, pid, text, hasBareLines }: Prefixed): void {
    const open = prefix === null ? undefined : openWith(stream, prefix);
    this.last = stream;
    if (open && !beginsEntry(text)) {
      append(open, text);
      return;
    }
    if (open || hasBareLines) this.finish(stream);
    else if (stream.open.length >= MOST_OPEN) this.emit(stream.open.shift() as Open);
    stream.open.push({ prefix, at, level, pid, text, hasBareLines, lines: text === '' ? 0 : 1 });
  }

  /** Takes a line without a prefix. @returns whether it belongs to an entry */
  private bare(name: string, line: string): boolean {
    const own = this.streams.get(name);
    const stream = own && (own.open.length > 0 || name !== '') ? own : this.last;
    const open = stream.open.at(-1);
    // A journal shows further lines of a message without a prefix, but indented.
    const isTaken = open && (open.hasBareLines || expectsMore(open) || (stream !== own && /^\s{8}/.test(line)));
    if (isTaken) append(open, stream === own ? line : line.trim());
    else if (line.trim() !== '') this.others += 1;
    return isTaken ?? false;
  }

  private stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) {
      if (this.streams.size >= MOST_STREAMS) {
        // The unnamed one stays.
        const [, [oldest, old]] = this.streams as Iterable<[string, Stream]> as [unknown, [string, Stream]];
        this.finish(old);
        this.streams.delete(oldest);
      }
      stream = { open: [], part: '' };
      this.streams.set(ownCopy(name), stream);
    }
    return stream;
  }

  private finish(stream: Stream): void {
    for (const open of stream.open) this.emit(open);
    if (stream.open.length > 0) stream.open = [];
  }

  private emit({ at, level, pid, text: read }: ReadEntry): void {
    const text = read.trim();
    if (text === '') return;
    this.entries += 1;
    this.take({ at, level, pid, text: text.includes('\n') ? text : withReasonOnItsLine(text) });
  }
}

/** The newest open entry whose lines have this prefix. */
function openWith({ open }: Stream, prefix: string): Open | undefined {
  for (let at = open.length - 1; at >= 0; at--) if (open[at]?.prefix === prefix) return open[at];
  return undefined;
}

/** Whether the entry lacks its reason, which is on its next line. */
const expectsMore = (open: Open | undefined): boolean =>
  open !== undefined && (open.text === '' || open.text.endsWith(':') || open.text.endsWith(': '));

function append(open: Open | undefined, line: string): void {
  if (!open || open.lines >= MOST_LINES || open.text.length + line.length > LONGEST_ENTRY) return;
  open.text = open.text === '' ? line : `${open.text}\n${line}`;
  if (line !== '') open.lines += 1;
}
