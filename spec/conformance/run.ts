// Run by `npm run conformance`: plays the same scripts against real brokers and against a proxy in front of each.
import { formatDuration } from '../../lib/text/duration.js';
import { casesOf } from '../support/corpus.js';
import { type Arguments, type Given, parseArguments } from './arguments.js';
import { CommandError } from './command-error.js';
import { differential } from './differential.js';
import { ALL_CASES, HEADER_CASES } from './header-cases.js';
import { meet } from './meet.js';
import { describeFinding, type Result, resultTable } from './result-table.js';
import { scriptOf } from './script.js';
import { countDifferences } from './tally.js';

/** Exit codes: no differences, differences, invalid arguments. */
const [EQUAL, DIFFERENT, WRONG_USAGE] = [0, 1, 2] as const;

try {
  const args = await parseArguments(process.argv.slice(2));
  if (args) process.exitCode = await run(args);
} catch (error) {
  console.error(error instanceof CommandError ? `conformance: ${error.message}` : error);
  process.exitCode = WRONG_USAGE;
}

async function run(args: Arguments): Promise<number> {
  console.log(`seed ${args.seed}, handshake timeout ${formatDuration(args.handshakeTimeout)}`);
  const results: Result[] = [];
  for (const broker of args.brokers) results.push(await runOne(broker, args));
  console.log(resultTable(results));
  return results.some(({ tally }) => countDifferences(tally) > 0) ? DIFFERENT : EQUAL;
}

async function runOne(given: Given, args: Arguments): Promise<Result> {
  const subject = await meet(given, args.handshakeTimeout);
  const fixed = casesOf(args.reasons === 'all' ? ALL_CASES : HEADER_CASES);
  const generated = Array.from({ length: args.scripts }, (_, number) => scriptOf(args.seed, number));
  const from = performance.now();
  const tally = await differential(subject, [...fixed, ...generated], args);
  const seconds = (performance.now() - from) / 1000;
  for (const finding of [...tally.differences, ...tally.flaky])
    console.log(`${given.version}: ${describeFinding(finding)}`);
  return {
    version: given.version,
    broker: subject.version,
    fixed: fixed.length,
    generated: generated.length,
    hasLog: subject.log !== undefined,
    tally,
    seconds,
  };
}
