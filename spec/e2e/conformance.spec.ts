import test from 'ava';
import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import { differential } from '../conformance/differential.js';
import { ALL_CASES, HEADER_CASES } from '../conformance/header-cases.js';
import { describeFinding } from '../conformance/result-table.js';
import { scriptOf } from '../conformance/script.js';
import type { Subject } from '../conformance/subject.js';
import { countDifferences } from '../conformance/tally.js';
import { type Case, casesOf } from '../support/corpus.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';

/** The same scripts in each run, so that a failure can be replayed. Other seeds: `npm run conformance`. */
const SEED = 20_261_125;
const SCRIPTS = 300;

const HANDSHAKE_TIMEOUT = 1_000;
const OPTIONS = { reasons: 'all', together: 24 } as const;

let broker: RabbitMQ;
let subject: Subject;
test.before(async () => {
  broker = await startRabbitmq({ conf: { handshake_timeout: `${HANDSHAKE_TIMEOUT}` } });
  const { port, version, log } = broker;
  subject = { host: '127.0.0.1', port, version, log, handshakeTimeout: HANDSHAKE_TIMEOUT };
});
test.after.always(() => broker?.stop());

const generated = (count: number): readonly Case[] =>
  Array.from({ length: count }, (_, number) => scriptOf(SEED, number));

test.serial('the proxy cannot be distinguished from the broker, by what clients see or by the log', async (t) => {
  const scripts = [...casesOf(HEADER_CASES), ...generated(SCRIPTS)];
  const tally = await differential(subject, scripts, OPTIONS);
  t.log(`RabbitMQ ${subject.version}, seed ${SEED}, ${scripts.length} scripts, ${tally.permitted} with races`);
  for (const finding of [...tally.differences, ...tally.flaky]) t.log(describeFinding(finding));
  t.is(countDifferences(tally), 0);
  t.is(tally.scripts, SCRIPTS + 82);
  // Enough must remain to compare after races and forwarded connections are excluded.
  t.true((tally.compared.get('reason') ?? 0) - tally.permitted > SCRIPTS * 0.8);
});

test.serial('the broker and the proxy agree in all recorded cases: header, handshake and after', async (t) => {
  t.timeout(180_000);
  // A broker with the default timeout, which is longer than its silence after an error.
  await using own = await startRabbitmq();
  const { port, version, log } = own;
  const tally = await differential(
    { host: '127.0.0.1', port, version, log, handshakeTimeout: 10_000 },
    casesOf(ALL_CASES),
    { ...OPTIONS, together: 160 },
  );
  t.log(`RabbitMQ ${version}, ${tally.scripts} cases, ${tally.permitted} with races`);
  for (const finding of [...tally.differences, ...tally.flaky]) t.log(describeFinding(finding));
  t.is(countDifferences(tally), 0);
  t.is(tally.scripts, 139);
});

/** A deviating proxy, and the aspects of the comparison that detect it. */
const mutants: readonly (readonly [
  what: string,
  mutant: Partial<ProxySettings> | 'another generation',
  found: readonly string[],
])[] = [
  ['that closes with FIN', { close: 'fin' }, ['end']],
  ['with another timeout', { handshakeTimeout: 2 * HANDSHAKE_TIMEOUT }, ['time']],
  ['of another generation', 'another generation', ['octets', 'reason', 'entries']],
  ['that forwards what it should refuse', { mode: 'observe' }, ['decision']],
  ['that logs at the levels of 3.7.7', { dialect: '3.7.7' }, ['reason', 'entries']],
];

for (const [what, mutant, found] of mutants) {
  test.serial(`the comparison detects a proxy ${what}`, async (t) => {
    const other = subject.version.startsWith('3.') ? '4.0' : '3.13';
    const proxy = mutant === 'another generation' ? { dialect: other } : mutant;
    // The broker's log is delayed by seconds, so it is read only if needed.
    const told = found.includes('reason') ? subject : { ...subject, log: undefined };
    const tally = await differential(told, [...casesOf(['no-data', 'bad-version']), ...generated(30)], {
      ...OPTIONS,
      proxy,
    });
    const aspects = new Set(
      tally.differences.flatMap(({ differences }) => differences.flat()).map((line) => line.replace(/:.*/s, '')),
    );
    t.not(countDifferences(tally), 0);
    for (const aspect of found) t.true(aspects.has(aspect), `${aspect}, among ${[...aspects].join(', ')}`);
  });
}
