import { connect } from 'amqplib';
import test from 'ava';
import { Assertions, readAssertion, readFlagDuration, verdictLines } from '../../lib/cli/scenario-assertions.js';
import { Control } from '../../lib/client/control.js';
import { startControl } from '../support/control.js';
import { until } from '../support/rabbitmq/until.js';

const proxy = (name: string) => `{name: ${name}, listen: "127.0.0.1:0", upstream: stand-in}`;
const CONFIG = `proxies: [${proxy('one')}, ${proxy('two')}]`;
const CLIENT = 'guest at 127.0.0.1 (vhost /, product amqplib)';

test('an assertion is recovers-within=DURATION or survives', (t) => {
  t.deepEqual(readAssertion('survives'), { text: 'survives', kind: 'survives' });
  const text = 'recovers-within=1.5s';
  t.deepEqual(readAssertion(text), { text, kind: 'recovers-within', within: 1500 });
});

for (const [text, message] of [
  ['survive', /must be recovers-within=DURATION or survives, not "survive" \(did you mean "survives"\?\); see/],
  ['recovers-within', /must be recovers-within=DURATION or survives, not "recovers-within"; see/],
  ['survives=1s', /must be recovers-within=DURATION or survives, not "survives=1s"; see/],
  ['recover-within=1s', /must be .*, not "recover-within=1s" \(did you mean "recovers-within"\?\)/],
  ['recovers-within=10', /--assert recovers-within must be a duration with a unit, .*, not "10" \(did you mean "10s"/],
] as const) {
  test(`${text} is rejected`, (t) => {
    t.throws(() => readAssertion(text), { name: 'UsageError', message });
  });
}

test('the message about a duration names its flag', (t) => {
  t.throws(() => readFlagDuration('--for', '5'), {
    name: 'UsageError',
    message: /^--for must be a duration .*, not "5"/,
  });
});

test('a client that comes back through another proxy has recovered, and has not survived', async (t) => {
  const { url, instance } = await startControl(t, CONFIG);
  const [one, two] = instance.proxies.all.map(({ listen }) => `amqp://${listen}`) as [string, string];
  const running = () => instance.proxies.openConnections(({ stage }) => stage === 'running', 9).length;
  const first = await connect(one);
  t.true(await until(() => running() === 1, 10_000));
  const asserted = ['recovers-within=10s', 'survives'].map(readAssertion);
  const assertions = await Assertions.begin(asserted, new Control({ url }), new Set(['one']));
  const elsewhere = await Assertions.begin(asserted, new Control({ url }), new Set(['two']));
  await first.close();
  const second = await connect(two);
  t.teardown(() => second.close());
  const verdicts = await assertions.check();
  t.like(verdicts, [
    { holds: true, clients: 1, problems: [] },
    { holds: false, clients: 1, problems: [`${CLIENT} lost its connection`] },
  ]);
  // A test whose client did not even start must not pass.
  const problems = ['no client was open when the scenario began'];
  t.like(await elsewhere.check(), [
    { holds: false, problems },
    { holds: false, problems },
  ]);
});

test('verdicts are sentences', (t) => {
  const verdict = { assert: 'survives', holds: true, clients: 3, recoveredMs: null, problems: [] };
  t.deepEqual(verdictLines(verdict), ['survives: all 3 clients kept every connection']);
  const back = { ...verdict, assert: 'recovers-within=1s', recoveredMs: 20 };
  t.deepEqual(verdictLines(back), ['recovers-within=1s: all 3 clients were back after 20 ms']);
  t.deepEqual(verdictLines({ ...verdict, holds: false, problems: ['a', 'b'] }), [
    'survives does not hold:',
    '  a',
    '  b',
  ]);
});
