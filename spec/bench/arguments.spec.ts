import test from 'ava';
import { CommandError } from '../support/command-error.js';
import { parseArguments } from './arguments.js';
import { BROKER_PARTS, PARTS } from './parts.js';

test('without flags, everything is measured in five rounds of 2 s', async (t) => {
  t.deepEqual(await parseArguments([]), {
    isBroker: false,
    parts: PARTS,
    brokerParts: [],
    rounds: 5,
    seconds: 2,
    compare: undefined,
    proxies: undefined,
    node: process.execPath,
    idle: 5_000,
    refusals: 200_000,
    format: 'text',
  });
});

test('parts and proxies are kept in the order of the tables', async (t) => {
  const args = await parseArguments(['--only', 'start,bulk,conn', '--proxies', 'relay,rabbit-snare', '--markdown']);
  t.deepEqual(args?.parts, ['conn', 'bulk', 'start']);
  t.deepEqual(args?.proxies, ['rabbit-snare', 'relay']);
  t.is(args?.format, 'markdown');
});

test('--broker has its own parts', async (t) => {
  t.like(await parseArguments(['--broker']), { isBroker: true, parts: [], brokerParts: BROKER_PARTS });
  t.like(await parseArguments(['--broker', '--only', 'confirms']), { brokerParts: ['confirms'] });
});

for (const [args, message] of [
  [['--only', 'con'], /--only: "con" is unknown; pass some of conn, ping64/],
  [['--only', 'confirms'], /--only: "confirms" is unknown; pass some of conn/],
  [['--broker', '--only', 'conn'], /--only: "conn" is unknown; pass some of handshakes, confirms/],
  [['--proxies', 'envoy'], /--proxies: "envoy" is unknown; pass some of rabbit-snare, base, haproxy/],
  [['--rounds', '0'], /--rounds must be a whole number from 1 to 10000000, not "0"/],
  [['--seconds', '0'], /--seconds must be a number from 0.1 to 60, not "0"/],
  [['--seconds', '1s'], /--seconds must be a number from 0.1 to 60, not "1s"/],
  [['--idle', 'many'], /--idle must be a whole number/],
  [['--refusals', '1.5'], /--refusals must be a whole number/],
  [['--json', '--markdown'], /pass --json or --markdown, not both/],
  [['--compare'], /Not enough arguments following: compare/],
  [['--round', '1'], /Unknown argument: round/],
] as const) {
  test(`${args.join(' ')} is a wrong usage`, async (t) => {
    const error = await t.throwsAsync(parseArguments([...args]), { instanceOf: CommandError });
    t.regex(error?.message ?? '', message);
  });
}
