import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import { differential } from '../conformance/differential.js';
import { FAMILIES, type FamilyName } from '../conformance/families.js';
import type { Family } from '../conformance/family.js';
import { ALL_CASES, HEADER_CASES } from '../conformance/header-cases.js';
import { describeFinding } from '../conformance/result-table.js';
import { scriptOf } from '../conformance/script.js';
import type { Subject } from '../conformance/subject.js';
import { countDifferences } from '../conformance/tally.js';
import { type Case, casesOf } from '../support/corpus.js';
import { freePort } from '../support/free-port.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';

/** The same scripts in each run, so that a failure can be replayed. Other seeds: `npm run conformance`. */
const SEED = 20_261_125;
const SCRIPTS = 300;

const HANDSHAKE_TIMEOUT = 1_000;
const OPTIONS = { reasons: 'all', together: 24, proxy: { amqp10: 'on' } } as const;

let broker: RabbitMQ;
let subject: Subject;
test.before(async () => {
  const tlsPort = await freePort();
  broker = await startRabbitmq({
    conf: { handshake_timeout: `${HANDSHAKE_TIMEOUT}` },
    plugins: ['rabbitmq_amqp1_0'],
    tlsPort,
  });
  const { port, version, log } = broker;
  const host = '127.0.0.1';
  const tls = { host, port: tlsPort };
  const pid = await processOf(broker);
  subject = { host, port, version, log, tls, pid, handshakeTimeout: HANDSHAKE_TIMEOUT };
});
test.after.always(() => broker?.stop());

/** The process ID of its Erlang node; undefined if it runs in a container, where it has another one. */
async function processOf({ name, ctl }: RabbitMQ): Promise<number | undefined> {
  const pid = /\d+/.exec(await ctl('eval', 'os:getpid().'))?.[0];
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8').includes(name) ? Number(pid) : undefined;
}

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
    { ...OPTIONS, proxy: { amqp10: 'off' }, together: 160 },
  );
  t.log(`RabbitMQ ${version}, ${tally.scripts} cases, ${tally.permitted} with races`);
  for (const finding of [...tally.differences, ...tally.flaky]) t.log(describeFinding(finding));
  t.is(countDifferences(tally), 0);
  t.is(tally.scripts, 139);
});

/** How many scripts of each other family are played. */
const OTHERS: Readonly<Record<Exclude<FamilyName, 'header'>, number>> = {
  tls: 40,
  amqp10: 60,
  'start-ok': 60,
  stuck: 60,
  resets: 100,
  unread: 24,
};

for (const [name, count] of Object.entries(OTHERS)) {
  test.serial(`scripts of the family ${name} have the same result at the broker and through the proxy`, async (t) => {
    const family: Family = FAMILIES[name as FamilyName];
    const lacks = family.lacks(subject, OPTIONS);
    if (lacks !== undefined) t.log(`not played: ${lacks}`);
    const scripts = lacks === undefined ? Array.from({ length: count }, (_, at) => family.scriptOf(SEED, at)) : [];
    // An operator may set any limit, and the proxy does not know it.
    if (name === 'start-ok') await broker.ctl('eval', 'application:set_env(rabbit, initial_frame_max, 12000).');
    const tally = await differential(subject, scripts, { ...OPTIONS, family });
    if (name === 'start-ok') await broker.ctl('eval', 'application:unset_env(rabbit, initial_frame_max).');
    t.log(`RabbitMQ ${subject.version}, seed ${SEED}, ${scripts.length} scripts, ${tally.permitted} with races`);
    for (const finding of [...tally.differences, ...tally.flaky]) t.log(describeFinding(finding));
    t.is(countDifferences(tally), 0);
    t.is(tally.scripts, scripts.length);
    if (scripts.length > 0) t.true((tally.compared.get('octets') ?? 0) - tally.permitted > count / 3);
  });
}

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
      proxy: { ...OPTIONS.proxy, ...proxy },
    });
    const aspects = new Set(
      tally.differences.flatMap(({ differences }) => differences.flat()).map((line) => line.replace(/:.*/s, '')),
    );
    t.not(countDifferences(tally), 0);
    for (const aspect of found) t.true(aspects.has(aspect), `${aspect}, among ${[...aspects].join(', ')}`);
  });
}
