// Run by `npm run conformance`: plays the same scripts against real brokers and against a proxy in front of each.
import { progress } from '../../lib/cli/progress-line.js';
import { formatDuration } from '../../lib/text/duration.js';
import { CommandError } from '../support/command-error.js';
import { casesOf } from '../support/corpus.js';
import { type Arguments, parseArguments } from './arguments.js';
import { differential } from './differential.js';
import { FAMILIES, type FamilyName } from './families.js';
import type { Family } from './family.js';
import { ALL_CASES, HEADER_CASES } from './header-cases.js';
import { meet } from './meet.js';
import { describeFinding, type Result, resultTable } from './result-table.js';
import type { Subject } from './subject.js';
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
  for (const given of args.brokers) {
    const subject = await meet(given, args.handshakeTimeout);
    for (const name of args.families) {
      const lacks = FAMILIES[name].lacks(subject, args);
      if (lacks === undefined) results.push(await runOne(given.version, subject, name, args));
      else console.log(`${given.version}, ${name}: not played, ${lacks}`);
    }
  }
  console.log(resultTable(results));
  return results.some(({ tally }) => countDifferences(tally) > 0) ? DIFFERENT : EQUAL;
}

async function runOne(version: string, subject: Subject, name: FamilyName, args: Arguments): Promise<Result> {
  const family: Family = FAMILIES[name];
  const fixed = name === 'header' ? casesOf(args.reasons === 'all' ? ALL_CASES : HEADER_CASES) : [];
  const generated = Array.from({ length: args.scripts }, (_, at) => family.scriptOf(args.seed, args.first + at));
  const from = performance.now();
  const scripts = [...fixed, ...generated];
  let count = 0;
  const show = () => {
    // Scripts with a difference are played again.
    const done = count <= scripts.length ? `${count} of ${scripts.length} scripts` : `replay ${count - scripts.length}`;
    progress.show(`${version}, ${name}: ${done}`);
    count += 1;
  };
  show();
  const tally = await differential(subject, scripts, { ...args, family, played: show }).finally(() => progress.clear());
  const seconds = (performance.now() - from) / 1000;
  for (const finding of [...tally.differences, ...tally.flaky]) console.log(`${version}: ${describeFinding(finding)}`);
  return {
    version,
    broker: subject.version,
    family: name,
    fixed: fixed.length,
    generated: generated.length,
    hasLog: subject.log !== undefined,
    tally,
    seconds,
  };
}
