// Run by `npm run fuzz`: sends random and malformed input to the product and checks what must always be true.
import { CommandError } from '../support/command-error.js';
import { type Arguments, parseArguments } from './arguments.js';
import { describe, load, save } from './find.js';
import { replay } from './fuzz.js';
import { fuzzAll } from './fuzz-all.js';
import { resultTable } from './result-table.js';
import { TARGETS } from './targets.js';

/** Exit codes: no finds, finds, invalid arguments. */
const [CLEAN, FOUND, WRONG_USAGE] = [0, 1, 2] as const;

try {
  const args = await parseArguments(process.argv.slice(2));
  if (args) process.exitCode = args.replay === undefined ? await run(args) : await playAgain(args.replay);
} catch (error) {
  console.error(error instanceof CommandError ? `fuzz: ${error.message}` : error);
  process.exitCode = WRONG_USAGE;
}

async function run(args: Arguments): Promise<number> {
  console.log(`seed ${args.seed}`);
  const { isTTY } = process.stderr;
  const clear = () => isTTY && process.stderr.write('\r\x1b[K');
  const results = await fuzzAll(args, {
    found: (find) => {
      clear();
      console.log(describe(find, save(find)));
    },
    progress: (name, cases, finds) => {
      clear();
      if (isTTY) process.stderr.write(`${name}: ${cases} cases, ${finds} finds`);
    },
  });
  clear();
  console.log(resultTable(results));
  return results.some(({ finds }) => finds.length > 0) ? FOUND : CLEAN;
}

async function playAgain(path: string): Promise<number> {
  const { target, cases } = load(path);
  const problems = await replay(TARGETS[target], cases);
  console.log(problems.length === 0 ? 'no problem' : problems.join('\n'));
  return problems.length === 0 ? CLEAN : FOUND;
}
