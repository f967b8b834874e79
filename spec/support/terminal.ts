import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { until } from './rabbitmq/until.js';
import { within } from './within.js';

/** In ms, on a busy machine. */
const PATIENCE = 40_000;

/** A command in a terminal of its own. */
export interface Terminal {
  /** Everything that was printed so far, with escape sequences. */
  output(): string;
  /** Waits until the output matches, and returns it. @throws Error after 40 s */
  shows(what: RegExp): Promise<string>;
  /** Presses keys. */
  press(keys: string): void;
  /** Sends a signal to the command. */
  signal(signal: NodeJS.Signals): void;
  /** Changes the size of the window. */
  resize(columns: number, rows: number): Promise<void>;
  /** Takes the terminal away. */
  hangUp(): void;
  /** Resolves when the command has ended: how, and whether it left the settings of the terminal as they were. */
  readonly ended: Promise<{ readonly code: number; readonly isRestored: boolean }>;
  /** Whether the process of the command exists. */
  isRunning(): boolean;
}

/** Prints the device of the terminal, its settings and the process id before the command, and its settings afterwards. */
const SCRIPT = `
stty cols $COLUMNS_GIVEN rows $ROWS_GIVEN
# Ctrl-C is for the command only.
trap : INT
before=$(stty -g)
sh -c 'echo "[$(tty) $$]"; exec "$@"' sh "$@"
code=$?
test "$before" = "$(stty -g)" && echo "[ended $code same]" || echo "[ended $code different]"
`;

/** Runs the program in a pseudo-terminal, which ends with the test. `script` is a part of every Debian. */
export async function startTerminal(
  t: ExecutionContext,
  args: readonly string[],
  {
    columns = 80,
    rows = 24,
    env = {},
  }: { columns?: number; rows?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<Terminal> {
  const command = [process.execPath, 'dist/program/main.js', ...args].map(quoted).join(' ');
  const child = spawn('script', ['-qec', `exec sh -c ${quoted(SCRIPT)} sh ${command}`, '/dev/null'], {
    env: {
      PATH: process.env['PATH'],
      TERM: 'xterm-256color',
      COLUMNS_GIVEN: `${columns}`,
      ROWS_GIVEN: `${rows}`,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  const shows = async (what: RegExp): Promise<string> => {
    if ((await until(() => what.test(output) || undefined, PATIENCE)) === undefined)
      throw new Error(`the terminal does not show ${what}:\n${JSON.stringify(output)}`);
    return output;
  };
  const [, device = '', pid = ''] = /\[(\S+) (\d+)\]/.exec(await shows(/\[\S+ \d+\]/)) ?? [];
  const isRunning = (): boolean => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };
  t.teardown(() => {
    child.kill('SIGKILL');
    if (isRunning()) process.kill(Number(pid), 'SIGKILL');
  });
  const ended = within(closed, () => `the end of ${args.join(' ')}: ${JSON.stringify(output)}`, PATIENCE).then(() => {
    const [, code, state] = /\[ended (\d+) (\w+)\]/.exec(output) ?? [];
    return { code: Number(code), isRestored: state === 'same' };
  });
  ended.catch(() => {});
  return {
    output: () => output,
    shows,
    press: (keys) => void child.stdin.write(keys),
    signal: (signal) => void process.kill(Number(pid), signal),
    resize: async (newColumns, newRows) => {
      // stty sets one after the other: a program that has the new columns also has the new rows.
      const stty = spawn('stty', ['-F', device, 'rows', `${newRows}`, 'cols', `${newColumns}`]);
      await once(stty, 'close');
    },
    hangUp: () => void child.kill('SIGKILL'),
    ended,
    isRunning,
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The state of a terminal after some output: whether it shows the alternate screen, its cursor, and wraps lines. */
export function modesAfter(output: string): {
  readonly alternate: boolean;
  readonly cursor: boolean;
  readonly wrap: boolean;
} {
  const isOn = (mode: number, initially: boolean): boolean => {
    const last = [...output.matchAll(new RegExp(`\\p{Cc}\\[\\?${mode}([hl])`, 'gu'))].at(-1);
    return last === undefined ? initially : last[1] === 'h';
  };
  return { alternate: isOn(1049, false), cursor: isOn(25, true), wrap: isOn(7, true) };
}

/** The last screen that was drawn from its upper left corner, as lines without escape sequences. */
export function lastScreen(output: string): readonly string[] {
  const screens = output.split('\u001b[H');
  // The last one may not have arrived completely.
  return (screens.at(-1) ?? '').replaceAll(/\p{Cc}\[[?\d;]*[a-zA-Z]/gu, '').split(/\r+\n/);
}
