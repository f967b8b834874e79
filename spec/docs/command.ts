import type { Block } from './block.js';

/** A shell command in a page. */
export interface Command {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** The output that the page shows below it; null if it shows none. */
  readonly shown: string | null;
  readonly exitCode: number;
}

/** A line that goes on with the next one: it ends with a backslash or an operator, or opens a compound command. */
const GOES_ON = /(?:\\|\||&&|[({]|\b(?:do|then|else))$/;
/** A line that goes on with the line before it: it is indented, or closes a compound command. */
const GOES_ON_BEFORE = /^(?:\s+\S|\||&&|(?:done|fi|esac)\b|[)}])/;

/** The commands of a shell block, or of a transcript, in which each command begins with `$ ` and its output follows. */
export function commandsOf({ page, line, text, notes }: Block): readonly Command[] {
  const exitCode = Number(notes.exitCode ?? 0);
  const lines = text.split('\n');
  const isTranscript = lines[0]?.startsWith('$ ') ?? false;
  const commands: Command[] = [];
  let at = 0;
  while (at < lines.length) {
    const from = at;
    const taken: string[] = [];
    do {
      taken.push(at === from && isTranscript ? (lines[at] ?? '').replace(/^\$ /, '') : (lines[at] ?? ''));
      at++;
    } while (at < lines.length && goesOn(taken.join('\n'), isTranscript ? '' : (lines[at] ?? '')));
    const shown: string[] = [];
    while (isTranscript && at < lines.length && !lines[at]?.startsWith('$ ')) shown.push(lines[at++] ?? '');
    const command = taken.join('\n');
    if (isEmpty(command)) continue;
    commands.push({
      page,
      line: line + from,
      text: command,
      shown: shown.length === 0 ? null : shown.join('\n'),
      exitCode,
    });
  }
  return commands;
}

const isEmpty = (command: string) => command.split('\n').every((line) => /^\s*(#|$)/.test(line));

function goesOn(command: string, next: string): boolean {
  if (isEmpty(command)) return false;
  const [, terminator] = /<<-?\s*['"]?(\w+)/.exec(command) ?? [];
  if (terminator !== undefined) return !command.split('\n').slice(1).includes(terminator);
  const bare = withoutQuoted(command);
  return bare === undefined || GOES_ON.test(bare.trimEnd()) || GOES_ON_BEFORE.test(next);
}

/** A command without its quoted parts and comments; undefined while a quote is open. */
export function withoutQuoted(command: string): string | undefined {
  const bare = command.replaceAll(/\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<=^|\s)#.*/gm, '');
  return /['"]/.test(bare) ? undefined : bare;
}

/** A command that serves until it is stopped: it must become ready. */
export function isServer({ text }: Command): boolean {
  const bare = withoutQuoted(text) ?? '';
  return (
    !/--(help|version)\b/.test(bare) &&
    /(?:^|&& |; |\w=\S+ )(?:npm start|(?:npx )?rabbit-snare(?: run\b| toxiproxy\b| +--| *$))/m.test(bare)
  );
}

/** A command that prints until it is stopped: it must print something. A scenario that is asserted ends by itself. */
export const isWatcher = ({ text }: Command): boolean =>
  /rabbit-snare (watch\b|scenario run\b(?!.* --assert ))|curl .*(--no-buffer|-N )|^prometheus |logs --follow|tail -f/m.test(
    withoutQuoted(text) ?? '',
  );
