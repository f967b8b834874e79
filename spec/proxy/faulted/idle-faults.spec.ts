import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../../lib/faults/fault.js';
import { broker, client, concat, frame } from '../../support/bytes.js';
import { type Faulty, startFaulty } from '../../support/faults.js';
import { HEADER } from '../../support/relayed.js';
import type { Wire } from '../../support/wire.js';

const LATER = '999';
const OTHER = { user: 'somebody else' } as const;

/** Whether the newest connection has faults in front of it. */
function isInFront({ proxy: { proxy } }: Faulty): boolean {
  const [connection] = [...proxy['open']].slice(-1);
  return connection?.['session'].faulted !== undefined;
}

type Opening = { readonly faulty: Faulty; readonly app: Wire; readonly rabbit: Wire };

async function connect(t: ExecutionContext, ...faults: readonly FaultInput[]): Promise<Opening> {
  const faulty = await startFaulty(t, faults);
  const { client: app, broker: rabbit } = await faulty.connect();
  return { faulty, app, rabbit };
}

/** The steps of a handshake, each with what the other side then has received. */
const sayers = {
  start: async ({ app, rabbit }: Opening) => {
    const before = app.receivedLength;
    await rabbit.send(broker.start());
    await app.octets(before + broker.start().length);
  },
  'start-ok': async ({ app, rabbit }: Opening) => {
    const before = rabbit.receivedLength;
    await app.send(client.startOk());
    await rabbit.octets(before + client.startOk().length);
  },
  tune: async ({ app, rabbit }: Opening) => {
    const before = app.receivedLength;
    await rabbit.send(broker.tune());
    await app.octets(before + broker.tune().length);
  },
  open: async ({ app, rabbit }: Opening) => {
    const octets = concat(client.tuneOk(), client.open('orders'));
    const before = rabbit.receivedLength;
    await app.send(octets);
    await rabbit.octets(before + octets.length);
  },
  running: async ({ app, rabbit }: Opening) => {
    const before = app.receivedLength;
    await rabbit.send(broker.openOk());
    await app.octets(before + broker.openOk().length);
  },
};

async function say(opening: Opening, ...steps: readonly (keyof typeof sayers)[]): Promise<void> {
  for (const step of steps) await sayers[step](opening);
}

const ALL = ['start', 'start-ok', 'tune', 'open', 'running'] as const;

const CANNOT: readonly { readonly fault: FaultInput; readonly because: string | null }[] = [
  { fault: { type: 'latency', when: { connection: LATER } }, because: 'the connection is 1, not "999"' },
  { fault: { type: 'noop', when: { source: '10.0.0.0/8' } }, because: 'the source is "127.0.0.1", not "10.0.0.0/8"' },
  { fault: { type: 'noop', toxicity: 0 }, because: '0.NNN was drawn, which is not below its toxicity of 0' },
  {
    fault: { type: 'amqp_reset', attributes: { at: 'accept' }, toxicity: 0 },
    because: '0.NNN was drawn, which is not below its toxicity of 0',
  },
  { fault: { type: 'amqp_mute_heartbeats', when: { connection: LATER } }, because: 'the connection is 1, not "999"' },
  {
    fault: { type: 'amqp_close', attributes: { at: 'tune' }, when: { connection: LATER } },
    because: 'the connection is 1, not "999"',
  },
  {
    fault: { type: 'amqp_fin', attributes: { at: 'open' }, when: { ...OTHER, connection: LATER } },
    because: 'the user is "guest", not "somebody else"',
  },
  {
    fault: { type: 'connect_delay', attributes: { delay: 0 }, when: { connection: LATER } },
    because: 'the connection is 1, not "999"',
  },
];

for (const { fault, because } of CANNOT) {
  test(`nothing is in front of a connection on which ${JSON.stringify(fault)} cannot act`, async (t) => {
    const opening = await connect(t, { ...fault, name: 'f' } as FaultInput);
    t.false(isInFront(opening.faulty));
    await say(opening, ...ALL);
    opening.app.rst();
    const report = await opening.faulty.proxy.nextReport();
    t.is(report.decision, 'forward');
    t.deepEqual(
      report.explained.map((text) => text.replace(/0\.\d{3}/, '0.NNN')),
      [`fault "f" (${fault.type}) does not act: ${because}`],
    );
  });
}

test('a fault that cannot act is not explained when its moment is not reached', async (t) => {
  const opening = await connect(t, { type: 'amqp_reset', attributes: { at: 'tune' }, when: { connection: LATER } });
  await say(opening, 'start', 'start-ok');
  opening.app.rst();
  t.deepEqual((await opening.faulty.proxy.nextReport()).explained, []);
});

test('nothing is in front of new connections when a fault is spent, or all faults have been removed', async (t) => {
  const { faulty, app } = await connect(t, { type: 'noop', name: 'f', times: 1 });
  t.true(isInFront(faulty));
  const second = await faulty.connect();
  t.false(isInFront(faulty));
  second.client.rst();
  t.deepEqual((await faulty.proxy.nextReport()).explained, ['fault "f" (noop) does not act: it is spent after 1 hit']);
  faulty.faults.list.remove('amqp/f');
  const third = await faulty.connect();
  t.false(isInFront(faulty));
  third.client.rst();
  t.deepEqual((await faulty.proxy.nextReport()).explained, []);
  app.rst();
  t.like(await faulty.proxy.nextReport(), { decision: 'fault', explained: ['fault "f" (noop) acts, hit 1 of 1'] });
});

const STEPS_ASIDE = [
  { when: { header: '0-8' }, before: [], until: [] },
  { when: { product: 'other' }, before: ['start'], until: ['start-ok'] },
  { when: OTHER, before: ['start'], until: ['start-ok'] },
  { when: { vhost: 'other' }, before: ['start', 'start-ok', 'tune'], until: ['open'] },
] as const;

for (const type of ['latency', 'amqp_reset'] as const) {
  for (const { when, before, until } of STEPS_ASIDE) {
    test(`${type} steps aside as soon as its condition is known not to hold: ${Object.keys(when)}`, async (t) => {
      const fault = { type, name: 'f', when, ...(type === 'amqp_reset' && { attributes: { at: 'running' } }) };
      const opening = await connect(t, fault as FaultInput);
      await say(opening, ...before);
      t.is(isInFront(opening.faulty), until.length > 0);
      await say(opening, ...until);
      t.false(isInFront(opening.faulty));
      await say(opening, ...ALL.slice(before.length + until.length));
      opening.app.rst();
      const { explained, decision } = await opening.faulty.proxy.nextReport();
      t.is(decision, 'forward');
      t.is(explained.length, 1);
      t.regex(explained[0] ?? '', new RegExp(`^fault "f" \\(${type}\\) does not act: the ${Object.keys(when)} is `));
    });
  }
}

test('a fault steps aside when it is removed, and with it an end of the connection still passes', async (t) => {
  const opening = await connect(t, { type: 'amqp_reset', name: 'f', attributes: { at: 'running' } });
  await say(opening, 'start');
  t.true(isInFront(opening.faulty));
  opening.faulty.faults.list.remove('amqp/f');
  t.false(isInFront(opening.faulty));
  await say(opening, 'start-ok', 'tune', 'open', 'running');
  opening.app.fin();
  t.is(await opening.rabbit.how(), 'fin');
  opening.rabbit.fin();
  t.is(await opening.app.how(), 'fin');
});

test('a fault that holds a part of a frame steps aside only after the frame', async (t) => {
  const opening = await connect(t, { type: 'amqp_reset', name: 'f', attributes: { at: 'start' } });
  const { app, rabbit, faulty } = opening;
  const start = broker.start();
  await rabbit.send(start.subarray(0, 20));
  await app.send(client.startOk());
  await rabbit.octets(HEADER.length + client.startOk().length);
  t.is(app.receivedLength, 0);
  faulty.faults.list.remove('amqp/f');
  await rabbit.send(start.subarray(20));
  await app.octets(start.length);
  t.deepEqual(app.received, Buffer.from(start));
  t.false(isInFront(faulty));
  await say(opening, 'tune', 'open', 'running');
});

test('a change of conditions takes effect on a connection that a stream fault was not in front of', async (t) => {
  const { faulty, app, rabbit } = await connect(t, { type: 'noop', name: 'f', when: { connection: LATER } });
  faulty.faults.list.change('amqp/f', { when: { connection: '1' } });
  t.true(isInFront(faulty));
  await rabbit.send('octets');
  await app.octets(6);
  app.rst();
  t.like(await faulty.proxy.nextReport(), {
    decision: 'fault',
    explained: ['fault "f" (noop) does not act: the connection is 1, not "999"', 'fault "f" (noop) acts'],
  });
});

test('a change of conditions takes effect on a handshake fault whose moment is still to come', async (t) => {
  const fault = { type: 'amqp_reset', name: 'f', attributes: { at: 'tune' }, when: { connection: LATER } } as const;
  const opening = await connect(t, fault);
  await say(opening, 'start', 'start-ok');
  opening.faulty.faults.list.change('amqp/f', { when: { connection: '1', user: 'guest' } });
  t.true(isInFront(opening.faulty));
  await opening.rabbit.send(broker.tune());
  t.is(await opening.app.how(), 'rst');
  opening.rabbit.rst();
  t.like(await opening.faulty.proxy.nextReport(), {
    decision: 'fault',
    explained: ['fault "f" (amqp_reset) acts'],
    fault: { at: 'tune' },
  });
});

test('a change of conditions does not take effect on a handshake fault whose moment has passed', async (t) => {
  for (const at of ['start-ok', 'running'] as const) {
    const fault = { type: 'amqp_reset', name: 'f', attributes: { at }, when: { connection: LATER } } as const;
    const opening = await connect(t, fault);
    await say(opening, ...ALL);
    opening.faulty.faults.list.change('amqp/f', { when: { connection: '1' } });
    await opening.rabbit.send(frame({ name: 'connection.blocked', reason: 'x' }));
    await opening.app.octets(opening.app.receivedLength + 1);
    opening.app.rst();
    t.like(await opening.faulty.proxy.nextReport(), {
      decision: 'forward',
      explained: ['fault "f" (amqp_reset) does not act: the connection is 1, not "999"'],
    });
  }
});

test('a fault that is added after another has stepped aside knows the whole handshake', async (t) => {
  const opening = await connect(t, { type: 'amqp_reset', name: 'f', attributes: { at: 'open' }, when: OTHER });
  await say(opening, 'start', 'start-ok');
  t.false(isInFront(opening.faulty));
  opening.faulty.add({ type: 'amqp_reset', name: 'g', attributes: { at: 'running' }, when: { user: 'guest' } });
  t.true(isInFront(opening.faulty));
  await say(opening, 'tune', 'open');
  await opening.rabbit.send(broker.openOk());
  t.is(await opening.app.how(), 'rst');
  opening.rabbit.rst();
  t.like(await opening.faulty.proxy.nextReport(), {
    fault: { name: 'g', at: 'running' },
    explained: [
      'fault "f" (amqp_reset) does not act: the user is "guest", not "somebody else"',
      'fault "g" (amqp_reset) acts',
    ],
  });
});

test('a fault that is added after others were added and removed knows the whole handshake', async (t) => {
  const opening = await connect(t);
  await say(opening, 'start');
  for (const step of ['start-ok', 'tune'] as const) {
    const [id = ''] = opening.faulty.add({ type: 'amqp_reset', name: 'f', attributes: { at: 'running' } });
    t.true(isInFront(opening.faulty));
    await say(opening, step);
    opening.faulty.faults.list.remove(id);
    t.false(isInFront(opening.faulty));
  }
  opening.faulty.add({ type: 'amqp_reset', name: 'g', attributes: { at: 'running' }, when: { user: 'guest' } });
  await say(opening, 'open');
  await opening.rabbit.send(broker.openOk());
  t.is(await opening.app.how(), 'rst');
  opening.rabbit.rst();
  t.like(await opening.faulty.proxy.nextReport(), {
    fault: { name: 'g', at: 'running' },
    explained: ['fault "g" (amqp_reset) acts'],
  });
});

test('a connection is closed with 320 on request while no fault can act on it', async (t) => {
  const opening = await connect(t, { type: 'amqp_reset', name: 'f', when: { connection: LATER } });
  await say(opening, ...ALL);
  const before = opening.app.receivedLength;
  t.true(opening.faulty.proxy.proxy.end('test-1', 320));
  await opening.app.octets(before + 11);
  t.is(opening.app.received.readUInt16BE(before + 11), 320);
  opening.app.rst();
  opening.rabbit.rst();
  t.like(await opening.faulty.proxy.nextReport(), { connectionClose: { code: 320 } });
});
