import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCompact } from '../../../lib/faults/compact.js';
import { createSnare, type Snare } from '../../../lib/index.js';
import type { Case } from './cases.js';
import type { Line, Step } from './say.js';

/** A client program of ours; the port and the time to stay, in ms, are its last arguments. */
export type Client = {
  readonly name: string;
  readonly version: string;
  readonly command: readonly [file: string, ...args: string[]];
};

/** Time for a client to exit after the proxy ended its connection, in ms; after that it counts as hanging. */
export const GRACE = 5_000;
/** Time for a client when the proxy does not end its connection, in ms. */
export const PATIENCE = 20_000;
/** Maximum length of a message, in characters. */
const LONGEST = 160;

const HANGS: Readonly<Record<Step, string>> = {
  connect: 'connecting',
  use: 'in its first requests',
  stay: 'without noticing',
  close: 'closing',
};

/** Runs a client against a case. @returns its result, as a table cell */
export async function play(client: Client, { faults, stay = 0, endless }: Case, upstream: string): Promise<string> {
  const parsed = faults.map((fault) => parseCompact(fault, { proxy: 'amqp' }));
  await using snare = await createSnare({ upstream, faults: parsed });
  const [file, ...args] = client.command;
  const child = spawn(file, [...args, `${snare.port}`, `${stay}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  const over = new AbortController();
  await Promise.race([output, isTooLate(snare, over.signal)]);
  over.abort();
  const isHanging = child.exitCode === null;
  child.kill('SIGKILL');
  const [[code], stdout, stderr] = await output;
  const lines = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  const last = lines.findLast((line) => 'error' in line);
  const step = lines.findLast((line) => 'step' in line)?.step ?? 'connect';
  if (last) return describe(last.error, step, endless === true);
  return isHanging ? `**hangs** ${HANGS[step]}` : `**crashes** with code ${code}: ${quoted(crashOf(stderr))}`;
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
  const where = step === 'connect' ? '' : 'connects, then ';
  return `${where}${isOwnTimeout ? 'after its own timeout: ' : ''}${quoted(error)}`;
}

/** Returns the line of an uncaught error. */
function crashOf(stderr: string): string {
  return stderr.split('\n').find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? stderr.slice(-LONGEST);
}

/** Removes what differs between runs. */
function quoted(said: string): string {
  const stable = said
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/'127\.0\.0\.1'\/.*/s, '…')
    .replaceAll(/\s+/g, ' ');
  const short = stable.length > LONGEST ? `${stable.slice(0, LONGEST)}…` : stable;
  return `\`${short.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
