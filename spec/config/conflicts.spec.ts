import test from 'ava';
import { findConflicts } from '../../lib/config/conflicts.js';
import { effectiveSchema } from '../../lib/config/schema.js';

const conflicts = (control: string, ...proxies: Record<string, string>[]): string[] =>
  findConflicts(effectiveSchema.parse({ control, proxies })).map(({ path, message }) => `${path.join('.')} ${message}`);

test('two proxies cannot share a name', (t) => {
  t.deepEqual(conflicts('off', { listen: 'a:1' }, { name: 'b', listen: 'a:2' }, { listen: 'a:3' }), [
    'proxies.2.name must be unique, not "amqp", which is the name of proxies[0]',
  ]);
});

test('two listeners cannot share an address', (t) => {
  t.deepEqual(conflicts('a:1', { name: 'x', listen: 'a:1' }), [
    'control.listen must be a free address, not a:1: proxy "x" listens there',
  ]);
  t.deepEqual(conflicts('off', { name: 'x', listen: 'a:1' }, { name: 'y', listen: 'a:1' }), [
    'proxies.1.listen must be a free address, not a:1: proxy "x" listens there',
  ]);
});

test('port 0 and disabled proxies do not conflict', (t) => {
  t.deepEqual(conflicts('a:0', { name: 'x', listen: 'a:0' }, { name: 'y', listen: 'a:0' }), []);
  t.deepEqual(conflicts('a:1', { name: 'x', listen: 'a:1', enabled: 'false' }), []);
});

for (const [one, other, clash] of [
  ['0.0.0.0:1', '127.0.0.1:1', true],
  ['127.0.0.1:1', '[::]:1', true],
  ['0.0.0.0:1', '[::]:1', true],
  ['0.0.0.0:1', '[::1]:1', false],
  ['0.0.0.0:1', '127.0.0.1:2', false],
  ['127.0.0.1:1', '127.0.0.2:1', false],
] as const) {
  test(`${one} and ${other} ${clash ? 'conflict' : 'do not conflict'}`, (t) => {
    t.is(conflicts('off', { name: 'x', listen: one }, { name: 'y', listen: other }).length, clash ? 1 : 0);
  });
}

for (const [listen, upstream, loop] of [
  ['127.0.0.1:5672', 'localhost:5672', true],
  ['0.0.0.0:5672', '127.0.0.1:5672', true],
  ['127.0.0.1:5672', '[::ffff:127.0.0.1]:5672', true],
  ['127.0.0.1:5672', '0.0.0.0:5672', true],
  ['[::]:5672', '127.0.0.2:5672', true],
  ['127.0.0.1:5672', '127.0.0.2:5672', false],
  ['192.0.2.1:5672', '0.0.0.0:5672', false],
  ['0.0.0.0:5672', '[::1]:5672', false],
  ['0.0.0.0:5672', 'rabbitmq:5672', false],
  ['127.0.0.1:5673', 'localhost:5672', false],
] as const) {
  test(`the upstream ${upstream} is ${loop ? '' : 'not '}the listener on ${listen}`, (t) => {
    const expected = [
      `proxies.0.upstream must be the address of a broker, not ${upstream}, where proxy "amqp" listens`,
    ];
    t.deepEqual(conflicts('off', { listen, upstream }), loop ? expected : []);
  });
}

test('an upstream cannot be another proxy or the control API', (t) => {
  t.is(
    conflicts('b:9', { name: 'x', listen: 'a:1', upstream: 'a:2' }, { name: 'y', listen: 'a:2', upstream: 'b:9' })
      .length,
    2,
  );
});

test('a config with more than 1,000 faults in all is refused', (t) => {
  const faults = (count: number) => Array.from({ length: count }, (_, nth) => ({ type: 'noop', name: `n${nth}` }));
  const found = (count: number) =>
    findConflicts(
      effectiveSchema.parse({
        control: 'off',
        proxies: [
          { listen: 'a:1', faults: faults(500) },
          { name: 'b', listen: 'a:2', faults: faults(count) },
        ],
      }),
    ).map(({ path, message }) => `${path.join('.')} ${message}`);
  t.deepEqual(found(500), []);
  t.deepEqual(found(501), ['proxies.1.faults must have at most 1000 entries, with those of all proxies']);
});
