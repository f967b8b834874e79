import test from 'ava';
import { toHex } from '../../lib/amqp/header.js';
import { PROBE_CASES } from '../../lib/probe/cases.js';

test('each case has a unique name in kebab case', (t) => {
  const names = PROBE_CASES.map(({ name }) => name);
  t.is(new Set(names).size, names.length);
  for (const name of names) t.regex(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

const sent: Record<string, string> = {
  silence: '',
  fin: '',
  'partial-fin': '0a0a0a0a',
  'partial-silence': '0a0a0a0a',
  'seven-fin': '414d5150000009',
  lowercase: '616d717030303931',
  'ascii-0091': '414d515030303931',
  'ascii-0091-split': '414d515030303931',
  'amqp-0-9-1': '414d515000000901',
  'amqp-0-9': '414d515001010009',
  'amqp-0-8': '414d515001010800',
  'amqp-1-0-sasl': '414d515003010000',
  'amqp-1-0': '414d515000010000',
};

for (const [name, hex] of Object.entries(sent)) {
  test(`${name} sends ${hex || 'nothing'}`, (t) => {
    const steps = PROBE_CASES.find((probeCase) => probeCase.name === name)?.steps ?? [];
    const octets = steps.map((step) => (step !== 'fin' && 'send' in step ? toHex(step.send) : ''));
    t.is(octets.join(''), hex);
  });
}
