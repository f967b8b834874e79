// Run by `npm run soak`: see arguments.ts for what it does.
import { constants } from 'node:os';
import { progress } from '../../lib/cli/progress-line.js';
import { CommandError } from '../support/command-error.js';
import { type Arguments, parseArguments } from './arguments.js';
import { SoakError } from './guard.js';
import { markdownOf, rowsOf, tableOf, titleOf } from './results.js';
import { type Progress, soak } from './soak.js';

/** Exit codes: every promise kept, one broken, invalid arguments. */
const [KEPT, BROKEN, WRONG_USAGE] = [0, 1, 2] as const;

const interrupted = new AbortController();
let signalled: NodeJS.Signals | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal ends the run immediately: the proxy and the broker end with this process.
    if (signalled) process.exit(128 + constants.signals[signal]);
    signalled = signal;
    interrupted.abort();
  });
}

try {
  const args = await parseArguments(process.argv.slice(2));
  process.exitCode = args ? await run(args) : KEPT;
} catch (error) {
  progress.clear();
  if (error instanceof CommandError) {
    console.error(`soak: ${error.message}`);
    process.exitCode = WRONG_USAGE;
  } else {
    console.error(error instanceof SoakError ? `soak: ${error.message}` : error);
    process.exitCode = BROKEN;
  }
}
if (signalled) process.exitCode = 128 + constants.signals[signalled];
// A client library may still hold a socket or a timer.
process.exit();

async function run({ markdown, ...args }: Arguments): Promise<number> {
  console.error(`soak: ${args.minutes} minutes, seed ${args.seed}`);
  const results = await soak(args, interrupted.signal, {
    say: (line) => {
      progress.clear();
      console.error(`soak: ${line}`);
    },
    progress: showProgress,
    keep: (found) => rowsOf(found).some(({ broken }) => broken !== undefined),
  });
  progress.clear();
  const rows = rowsOf(results);
  console.log(`${titleOf(results)}\n\n${markdown ? markdownOf(rows) : tableOf(rows)}`);
  const broken = rows.flatMap((row) => row.broken ?? []);
  for (const each of broken) console.error(`soak: ${each}`);
  return broken.length > 0 ? BROKEN : KEPT;
}

function showProgress({ elapsed, length, confirmed, onTheWay }: Progress): void {
  const [done, all] = [elapsed, length].map(
    (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`,
  );
  progress.show(`${done} of ${all}  confirmed ${confirmed}  on the way ${onTheWay}`);
}
