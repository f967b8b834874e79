import test from 'ava';
import { openAmqp } from '../../support/amqp-wire.js';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { until } from '../../support/rabbitmq/until.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = `
handshakeTimeout: 10m
proxies:
  - {name: one, listen: 127.0.0.1:0, upstream: stand-in}
  - {name: two, listen: 127.0.0.1:0, upstream: stand-in, mode: observe}`;
const NOBODY = { accepted: 0, ended: 0, forward: 0, refuse: 0, fault: 0, none: 0, healthChecks: 0 };
const sum = (row: readonly number[] = []): number => row.reduce((one, other) => one + other, 0);

test('before the first connection, the overview has only the proxies', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const { status, body } = await call('GET', '/overview');
  t.is(status, 200);
  t.like(body, { totals: NOBODY, open: {}, eventClients: 0, limits: { connections: { open: 0 } } });
  t.deepEqual(body.timeline.reasons, {});
  t.is(sum(body.timeline.accepted), 0);
  t.deepEqual(
    body.proxies.map(({ name, mode, enabled, open }: Record<string, unknown>) => ({ name, mode, enabled, open })),
    [
      { name: 'one', mode: 'guard', enabled: true, open: 0 },
      { name: 'two', mode: 'observe', enabled: true, open: 0 },
    ],
  );
  t.true(Date.parse(body.startedAt) <= Date.parse(body.at));
});

test('an open connection counts as accepted, at its stage and for its proxy, and an ended one for its reason', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const [one, two] = instance.proxies.all.map(({ listen }) => listening(listen));
  const overview = async () => (await call('GET', '/overview')).body;
  const seen = (count: number) => until(async () => (await overview()).totals.ended === count, 20_000);

  const refused = await dialWire(t, one ?? listening());
  await refused.send('amqp0091');
  await refused.ended;
  const none = await dialWire(t, two ?? listening());
  none.fin();
  await none.ended;
  t.truthy(await seen(2));
  await openAmqp(t, one ?? listening());
  await dialWire(t, one ?? listening());
  t.truthy(await until(async () => (await overview()).open.running === 1, 20_000));
  t.truthy(await until(async () => (await overview()).open.header === 1, 20_000));

  const { totals, open, timeline, proxies, funnel, notInFunnel } = await overview();
  t.deepEqual(totals, {
    ...NOBODY,
    accepted: 4,
    ended: 2,
    refuse: 1,
    none: totals.none,
    forward: totals.forward,
    healthChecks: 1,
  });
  t.is(totals.none + totals.forward, 1);
  t.deepEqual(open, { header: 1, running: 1 });
  t.is(sum(timeline.accepted), 4);
  t.deepEqual(
    Object.entries(timeline.reasons as Record<string, number[]>)
      .map(([reason, row]) => [reason, sum(row)])
      .sort(),
    [
      ['bad_header', 1],
      ['connection_closed_with_no_data_received', 1],
    ],
  );
  t.deepEqual(
    proxies.map(({ open }: { open: number }) => open),
    [2, 0],
  );
  t.deepEqual(
    funnel.map(({ count }: { count: number }) => count),
    [1, 1, 0, 0, 0, 0],
  );
  t.like(notInFunnel, { healthChecks: 1, amqp10: 0 });
});

test('a connection that was opened counts at every step of the funnel, and each step has a time', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const amqp = await openAmqp(t, listening(instance.proxies.all[0]?.listen));
  amqp.wire.fin();
  const body = await until(async () => {
    const { body } = await call('GET', '/overview');
    return body.totals.ended === 1 && body;
  }, 20_000);
  const steps = body.funnel as { readonly step: string; readonly count: number; readonly medianMs: number | null }[];
  t.deepEqual(
    steps.map(({ step, count }) => [step, count]),
    ['accepted', 'header', 'start', 'tune', 'open', 'running'].map((step) => [step, 1]),
  );
  const times = steps.slice(1).map(({ medianMs }) => medianMs as number);
  t.true(times.every((ms) => ms > 0));
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('a proxy is switched off and on, and its connections end', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const { listen } = instance.proxies.all[0] ?? {};
  const wire = await dialWire(t, listening(listen));
  await until(async () => (await call('GET', '/overview')).body.open.header === 1, 20_000);
  const off = await call('PATCH', '/overview/proxies/one', { enabled: false });
  t.is(off.status, 200);
  t.like(off.body, { name: 'one', enabled: false, listen });
  t.is(await wire.how(), 'fin');
  t.deepEqual(
    instance.proxies.all.map(({ name }) => name),
    ['two'],
  );
  t.truthy(await until(async () => (await call('GET', '/overview')).body.proxies[0].open === 0, 20_000));
  t.like((await call('PATCH', '/overview/proxies/one', { enabled: true })).body, { enabled: true, listen, open: 0 });
  await dialWire(t, listening(listen));
});

test('a switch without a body, of the wrong type, with another key, or of no proxy is rejected', async (t) => {
  const { call } = await startControl(t, CONFIG);
  for (const [body, error] of [
    ['', 'bad request body: EOF'],
    [{}, 'bad request body: enabled: Invalid input: expected boolean, received undefined'],
    [{ enabled: 'false' }, 'bad request body: enabled: Invalid input: expected boolean, received string'],
    [{ enabled: false, listen: '127.0.0.1:1' }, 'bad request body: it: Unrecognized key: "listen"'],
  ] as const) {
    t.deepEqual((await call('PATCH', '/overview/proxies/one', body)).body, { error, status: 400 });
  }
  const unknown = await call('PATCH', '/overview/proxies/three', { enabled: false });
  t.deepEqual(unknown.body, { error: 'proxy not found', status: 404 });
  t.true((await call('GET', '/overview')).body.proxies.every(({ enabled }: { enabled: boolean }) => enabled));
});

test('a proxy whose port was taken meanwhile stays off, and the error says why', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const { listen } = instance.proxies.all[0] ?? {};
  await call('PATCH', '/overview/proxies/one', { enabled: false });
  await call('POST', '/proxies', { name: 'three', listen, upstream: '127.0.0.1:9' });
  const { status, body } = await call('PATCH', '/overview/proxies/one', { enabled: true });
  t.is(status, 500);
  t.regex(body.error, /address already in use/);
  t.false((await call('GET', '/overview')).body.proxies[0].enabled);
});
