import test from 'ava';
import fc from 'fast-check';
import { ConfigError } from '../../lib/errors.js';
import { parseCompact } from '../../lib/faults/compact.js';
import { parseFault } from '../../lib/faults/parse-fault.js';

const compact = (text: string) => parseCompact(text, { proxy: 'amqp' });

for (const [text, fault] of [
  ['noop', { type: 'noop' }],
  ['amqp_close at=open code=320 times=2', { type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 2 }],
  [
    '  latency  stream=upstream toxicity=0.5 name=slow proxy=other latency=2s user=app*  ',
    {
      type: 'latency',
      name: 'slow',
      proxy: 'other',
      stream: 'upstream',
      toxicity: 0.5,
      attributes: { latency: 2000 },
      when: { user: 'app*' },
    },
  ],
  [`amqp_close text="go away, now" at=tune`, { type: 'amqp_close', attributes: { text: 'go away, now', at: 'tune' } }],
  [`amqp_close 'text=it is "over"'`, { type: 'amqp_close', attributes: { text: 'it is "over"' } }],
  ['amqp_close text=a=b', { type: 'amqp_close', attributes: { text: 'a=b' } }],
  ['noop connection="every 3rd"', { type: 'noop', when: { connection: 'every 3rd' } }],
  [
    'amqp_start server_properties={"version":"9.9"}',
    { type: 'amqp_start', attributes: { server_properties: { version: '9.9' } } },
  ],
  [
    `amqp_start server_properties='{"version": "9.9"}'`,
    { type: 'amqp_start', attributes: { server_properties: { version: '9.9' } } },
  ],
] as const) {
  test(`${text} is parsed`, (t) => t.deepEqual(compact(text), parseFault({ proxy: 'amqp', ...fault })));
}

for (const [text, message] of [
  ['', /^type must be one of /],
  ['amqp_close at', 'a fault must have the form TYPE KEY=VALUE…, not "at"'],
  ['amqp_close at=open at=tune', 'at must not be given twice'],
  ['amqp_close text="open', 'a fault must have matching quotes, not "amqp_close text=\\"open"'],
  ['amqp_close __proto__=1', /^attributes has an unknown key "__proto__"/],
  ['amqp_close code=999', /^attributes\.code must be one of 311, .*, not "999"$/],
] as const) {
  test(`${JSON.stringify(text)} is rejected`, (t) => {
    t.throws(() => compact(text), { instanceOf: ConfigError, message });
  });
}

test('parsing any text succeeds or throws a ConfigError', (t) => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('amqp_close', 'at=open', 'text="a b"', "'", '"', '=', 'times=2', 'server_properties={"a":1}'),
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          compact(words.join(' '));
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }),
    ),
  );
});
