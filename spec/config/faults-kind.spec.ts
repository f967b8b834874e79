import test from 'ava';
import { loadConfig } from '../../lib/config/load.js';

const load = (text: string) => loadConfig({ argv: { config: 'c.yaml' }, env: {}, readFile: () => text }).config;

test('faults are read with all their defaults', (t) => {
  t.like(load('faults: [{type: latency, attributes: {latency: 2s}, toxicity: 0.5}]').proxies[0]?.faults[0], {
    name: 'latency_downstream',
    stream: 'downstream',
    toxicity: 0.5,
    attributes: { latency: 2000, jitter: 0 },
    when: {},
    times: null,
  });
});

for (const [text, message] of [
  ['faults: 5', /^c.yaml:1:9: faults must be a list, not "5"$/],
  ['faults:\n  - {type: latenc}', /^c.yaml:2:12: faults\[0\]\.type must be one of .*did you mean "latency"/],
  ['faults:\n  - {type: noop, proxy: b}', /^c.yaml:2:25: faults\[0\]\.proxy must not be set/],
  ['faults: [{type: noop}, {type: noop}]', /^c.yaml:1:24: faults\[1\] must have a unique name, not "noop_downstream"$/],
  [
    'faults: [{type: amqp_close, when: {vhost: x}, attributes: {at: start}}]',
    /faults\[0\]\.when\.vhost is not known until open/,
  ],
  ['seed: -1', /^c.yaml:1:7: seed must be a whole number of at least 0, not "-1"$/],
] as const) {
  test(`${JSON.stringify(text)} is rejected with its position`, (t) => {
    t.throws(() => load(text), { message });
  });
}

test('faults survive writing and reading', (t) => {
  const text =
    'faults: [{type: amqp_start, attributes: {server_properties: "{\\"product\\": null}"}, when: {connection: 1-2}}]';
  const { proxies } = load(text);
  t.deepEqual(proxies[0]?.faults[0]?.attributes['server_properties'], { product: null });
});
