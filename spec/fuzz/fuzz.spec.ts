import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { randomOf } from '../conformance/random.js';
import { ConnectionVenue } from './connection-venue.js';
import { describe, load, save } from './find.js';
import { type Fuzzing, fuzz, replay } from './fuzz.js';
import { InProcess } from './in-process.js';
import { fromHex } from './octets.js';
import { resultTable } from './result-table.js';
import type { Case, Target } from './target.js';
import { TARGETS, type TargetName } from './targets.js';

test.beforeEach((t) => t.timeout(300_000));

/** A target with the same input, and other code that it is given to. */
const decodersWith = (check: (given: Case) => string | null): Target => ({
  ...TARGETS.decoders,
  open: async () => new InProcess(check, 50),
});

const options = (name: TargetName, target: Target, cases: number): Fuzzing => ({
  name,
  target,
  seed: 5,
  first: 0,
  cases,
  time: Number.POSITIVE_INFINITY,
});

const octetsOf = ({ parts }: Case): Uint8Array => fromHex((parts as { hex: string }[]).map(({ hex }) => hex).join(''));

for (const name of Object.keys(TARGETS) as TargetName[]) {
  test(`a case of ${name} depends only on seed and number, and survives JSON`, (t) => {
    const { caseOf } = TARGETS[name];
    for (let number = 0; number < 50; number++) {
      const given = caseOf(randomOf(7, name, number));
      t.deepEqual(caseOf(randomOf(7, name, number)), given);
      t.deepEqual(JSON.parse(JSON.stringify(given)), given);
    }
  });
}

test.serial('a decoder that throws is found, and the input is shrunk to the chunk that causes it', async (t) => {
  const target = decodersWith((given) => {
    if (octetsOf(given).includes(0xce)) throw new RangeError('planted');
    return null;
  });
  const { finds } = await fuzz(options('decoders', target, 100));
  t.true(finds.length > 0);
  const [{ problem, cases, isReproduced } = { problem: '', cases: [], isReproduced: false }] = finds;
  t.regex(problem, /^RangeError: planted/);
  t.true(isReproduced);
  t.is(cases[0]?.parts.length, 1);
});

test.serial('a warning is found', async (t) => {
  const target = decodersWith(() => {
    process.emitWarning('planted');
    return null;
  });
  const { finds } = await fuzz(options('decoders', target, 10));
  t.regex(finds[0]?.problem ?? '', /a warning was emitted: .*planted/);
});

test.serial('memory that is not released is found', async (t) => {
  const kept: Buffer[] = [];
  const target = decodersWith(() => {
    kept.push(Buffer.alloc(1.25 * 1024 * 1024, 1));
    return null;
  });
  const { finds } = await fuzz(options('decoders', target, 150));
  t.regex(finds[0]?.problem ?? '', /MiB more memory is in use/);
});

test.serial('a find is written to a file that plays it again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rabbit-snare-spec-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const given = TARGETS.decoders.caseOf(randomOf(5, 'decoders', 3));
  const find = {
    target: 'decoders',
    seed: 5,
    first: 3,
    count: 1,
    problem: 'planted',
    cases: [given],
    isReproduced: true,
  } as const;
  const path = save(find, folder);
  t.deepEqual(load(path) as object, find);
  const text = describe(find, path);
  t.regex(text, /seed 5, case 3/);
  t.true(text.includes(`npm run fuzz -- --replay ${path}`));
  t.true(text.includes('npm run fuzz -- --seed 5 --targets decoders --first 3 --cases 1'));
  t.deepEqual(await replay(TARGETS.decoders, load(path).cases), []);
});

test.serial('the table has one row for each target', async (t) => {
  const result = await fuzz(options('decoders', TARGETS.decoders, 20));
  const [titles, row, ...more] = resultTable([result]).split('\n');
  t.regex(titles ?? '', /^target +cases +finds +max stall +RSS at start +at end +descriptors at start +at end$/);
  t.regex(row ?? '', /^decoders +20 +0 +\d+ ms +\d+ MiB +\d+ MiB +\d+ +\d+$/);
  t.deepEqual(more, []);
});

/** Plays connections through a program with a planted defect. */
async function problemsWith(t: ExecutionContext, defect: string): Promise<readonly string[]> {
  const venue = await ConnectionVenue.open([new URL(`./planted-defect.js?defect=${defect}`, import.meta.url).href]);
  t.teardown(() => venue[Symbol.asyncDispose]());
  const cases = Array.from({ length: 80 }, (_, at) => TARGETS.connections.caseOf(randomOf(5, 'connections', at)));
  const problems = await venue.play(cases);
  return problems.filter((problem) => problem !== null);
}

test.serial('a relayed octet that is wrong is found', async (t) => {
  const problems = await problemsWith(t, 'wrong octet');
  t.true(problems.some((problem) => /received octets that the (client|upstream) did not send/.test(problem)));
});

test.serial('an unhandled rejection in the program is found', async (t) => {
  const problems = await problemsWith(t, 'crash');
  t.true(problems.some((problem) => /the program ended: exit code 1.*planted/s.test(problem)));
});
