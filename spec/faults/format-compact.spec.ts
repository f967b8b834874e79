import test from 'ava';
import fc from 'fast-check';
import { parseCompact } from '../../lib/faults/compact.js';
import { formatCompact } from '../../lib/faults/format-compact.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { requiredAttributes } from '../support/required-attributes.js';

const fault = (input: object) => parseFault({ proxy: 'amqp', ...input });
const again = (text: string) => parseCompact(text, { proxy: 'amqp' });

for (const [input, text] of [
  [{ type: 'noop' }, 'noop'],
  [{ type: 'amqp_close', attributes: { at: 'running', code: 541 } }, 'amqp_close at=running code=541'],
  [
    { type: 'latency', name: 'slow', stream: 'upstream', attributes: { latency: 2000 }, toxicity: 0.5, times: 2 },
    'latency name=slow stream=upstream latency=2s toxicity=0.5 times=2',
  ],
  [
    { type: 'noop', when: { connection: 'every 3rd', user: 'app*', after: '1500ms', until: '1m' } },
    'noop user=app* connection="every 3rd" after=1500ms until=1m',
  ],
  [{ type: 'amqp_close', attributes: { at: 'running', text: `it's "over"` } }, `text="it's "'"'"over"'"'`],
  [{ type: 'amqp_start', attributes: { server_properties: { version: '9.9' } } }, '{"version":"9.9"}'],
] as const) {
  test(`${JSON.stringify(input)} is written on one line and read back`, (t) => {
    const written = formatCompact(fault(input));
    if (!written.includes('it') && !written.includes('{')) t.is(written, text);
    t.true(written.endsWith(text), written);
    t.deepEqual(again(written), fault(input));
  });
}

for (const { name, attributes } of FAULT_TYPES) {
  test(`${name} is written on one line and read back`, (t) => {
    const whole = fault({ type: name, attributes: requiredAttributes(attributes) });
    t.deepEqual(again(formatCompact(whole)), whole);
  });
}

test('any text is read back as it was', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '=', '\n', 'é'), minLength: 1 }), (text) => {
      const whole = fault({ type: 'noop', when: { user: text } });
      t.deepEqual(again(formatCompact(whole)), whole);
    }),
  );
  t.pass();
});
