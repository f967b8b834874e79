import test from 'ava';
import { dialectOf, facts } from '../../lib/amqp/dialect.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import type { Classification } from '../../lib/rules/classify.js';

/** Rows are read-only for the program. */
const rowsOf = (fact: 'initialFrameMax' | 'quads' | 'badHeaderFarewell'): unknown[] =>
  facts[fact] as unknown as unknown[];

const NEW_FAREWELL = protocolHeader(4, 2, 0, 0);

/*
 * Two versions that do not exist: one with a new frame size limit, one with a new farewell and a new accepted header. The
 * rows are added before the modules that derive from them are loaded.
 */
rowsOf('initialFrameMax').push([[4, 90, 0], 16_384]);
rowsOf('badHeaderFarewell').push([[5, 0, 0], NEW_FAREWELL]);
rowsOf('quads').push([
  [5, 0, 0],
  [{ match: [7, 2, 0, 0], outcome: 'accept' }, ...dialectOf('4.3').quads],
]);

const { GENERATIONS } = await import('../../lib/probe/generation.js');
const { FRAME_CASES } = await import('../../lib/probe/identifying-cases.js');
const { classifyCommand } = await import('../../lib/cli/classify.js');
const { headerRules, NOTHING_LEARNED } = await import('../../lib/rules/header-rules.js');
const { compare } = await import('../../lib/probe/compare.js');

test('probe --identify distinguishes the versions of new rows', (t) => {
  t.deepEqual(
    GENERATIONS.map(({ name }) => name),
    [
      '3.x (3.6 to 3.13), without the AMQP 1.0 plugin',
      '3.x (3.6 to 3.13), with the AMQP 1.0 plugin',
      '4.0',
      '4.1 to 4.89',
      '4.90 to 4.x',
      '5.0 or later',
    ],
  );
});

test('a new frame size limit adds a case that exceeds only the limits below it', (t) => {
  t.deepEqual(
    FRAME_CASES.map(({ name, announces }) => [name, announces]),
    [
      ['large-frame', 5_000],
      ['large-frame-9000', 9_000],
      ['huge-frame', 100_000_000],
    ],
  );
});

test.serial('classify --all-dialects shows the versions of new rows', async (t) => {
  const written: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  try {
    const flags = {
      text: 'amqp0091',
      dialect: 'auto',
      amqp10: 'auto',
      'all-dialects': true,
      allDialects: true,
      json: true,
    };
    await classifyCommand.handler({ ...flags, hex: undefined, end: undefined, _: [], $0: '' });
  } finally {
    process.stdout.write = write;
  }
  const all = JSON.parse(written.join('')) as Classification[];
  t.deepEqual(
    all.slice(-3).map(({ dialect, farewell }) => [dialect, farewell]),
    [
      ['4.4', '414d515003010000'],
      ['4.90', '414d515003010000'],
      ['5.0', '414d515004020000'],
    ],
  );
});

test('probe --expect expects the behavior of a new row', (t) => {
  const refused = {
    case: 'lowercase',
    sent: '616d717030303931',
    received: '414d515004020000',
    end: 'rst',
    ms: 2,
  } as const;
  const sameAs = (dialect: string) =>
    compare([refused], { dialect, amqp10: 'off', close: 'rst', handshakeTimeout: 10_000 })[0]?.same;
  t.deepEqual([sameAs('4.5'), sameAs('5.0')], [false, true]);
});

test('until the version is learned, a header that a new row accepts is left to the broker', (t) => {
  const { undecided } = headerRules({ dialect: 'auto', amqp10: 'auto' }, NOTHING_LEARNED);
  t.true(undecided.some((quad) => quad.join() === '7,2,0,0'));
});
