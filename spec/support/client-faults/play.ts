import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCompact } from '../../../lib/faults/compact.js';
import { createSnare, type Snare } from '../../../lib/index.js';
import type { Case } from './cases.js';
import type { Client } from './clients.js';
import type { Line, Step } from './say.js';

/** Time for a client to exit after the proxy ended its connection, in ms; after that it counts as hanging. */
export const GRACE = 5_000;
/** Time for a client when the proxy does not end its connection, in ms: longer than the 30 s that Bunny and amqp091-go wait. */
export const PATIENCE = 35_000;
/** Maximum length of a message, in characters. */
const LONGEST = 60;

const HANGS: Readonly<Record<Step, string>> = {
  connect: '**hangs** connecting',
  use: '**hangs** in its first requests',
  stay: '**does not notice**',
  close: '**hangs** closing',
};

/** A client that runs against a case. */
export type Played = {
  /** Resolves when the client has started: it uses little CPU time from then on. */
  readonly started: Promise<unknown>;
  /** The client's result, as a table cell. */
  readonly result: Promise<string>;
};

/** Runs a client against a case. */
export async function play(client: Client, { faults, stay = 0, endless }: Case, upstream: string): Promise<Played> {
  const parsed = faults.map((fault) => parseCompact(fault, { proxy: 'amqp' }));
  const snare = await createSnare({ upstream, faults: parsed });
  const [file, ...args] = client.command;
  const child = spawn(file, [...args, `${snare.port}`, `${stay}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (read: string) => {
    stdout += read;
  });
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]);
  // It prints its first step.
  const started = Promise.race([once(child.stdout, 'data'), ended]);

  const end = async (): Promise<string> => {
    await using _ = snare;
    await started;
    const over = new AbortController();
    await Promise.race([ended, isTooLate(snare, over.signal)]);
    over.abort();
    const isHanging = child.exitCode === null;
    child.kill('SIGKILL');
    const [[code], stderr] = await ended;
    const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
    const last = lines.findLast((line) => 'error' in line);
    const step = lines.findLast((line) => 'step' in line)?.step ?? 'connect';
    if (last) return describe(last.error, step, endless === true);
    return isHanging ? HANGS[step] : `**crashes** ${quoted(crashOf(stderr) || `code ${code}`)}`;
  };
  return { started, result: end() };
}

/** Resolves when a client that has not reported by then counts as hanging. */
async function isTooLate(snare: Snare, signal: AbortSignal): Promise<void> {
  const ended = snare.nextReport({}, { timeout: PATIENCE }).then(
    () => sleep(GRACE, undefined, { signal }),
    () => {},
  );
  await ended.catch(() => {});
}

function describe(error: string | null, step: Step, isOwnTimeout: boolean): string {
  if (error === null) return 'works';
  const outcome = isOwnTimeout ? '*own timeout*' : 'error';
  return `${step === 'connect' ? '' : 'later '}${outcome} ${quoted(error)}`;
}

/** Returns the line of an uncaught error. */
function crashOf(stderr: string): string {
  return stderr.split('\n').find((line) => /^(\w*(Error|Exception)\b|panic: )/.test(line)) ?? stderr.slice(-LONGEST);
}

/** Removes what differs between runs, and shortens the rest. */
function quoted(said: string): string {
  const stable = said
    .replace(/^Error: /, '')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/0x[0-9a-f]{6,}/g, '0x…')
    // The length of Start depends on the ports of the broker.
    .replaceAll(/\b\d+ long/g, 'N long')
    .replace(/'127\.0\.0\.1'\/.*/s, '…')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const short = stable.length > LONGEST ? `${stable.slice(0, LONGEST).trim()}…` : stable;
  return `\`${short.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
