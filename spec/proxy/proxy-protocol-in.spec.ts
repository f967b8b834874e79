import test from 'ava';
import type { ProxyProtocolSettings } from '../../lib/proxy/proxy-protocol.js';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { A91, ascii, concat, hex, broker as says, splits } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const accepting = (accept: 'accept' | 'require', trustedSources = ['127.0.0.0/8']): ProxyOptions => ({
  proxyProtocol: { accept, send: 'off', trustedSources } satisfies ProxyProtocolSettings,
});

const ENDS = { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' };
const TOLD = { client: ENDS.source, destination: ENDS.destination };
const LOCAL = encodeHeader('v2', null);
const UNKNOWN = encodeHeader('v1', null);
const WITH_TLVS = concat(
  hex('0d0a0d0a000d0a515549540a 2111 07dc'),
  encodeHeader('v2', ENDS).subarray(16),
  new Uint8Array(2000),
);

const headers = [
  ['v1', encodeHeader('v1', ENDS)],
  ['v2', encodeHeader('v2', ENDS)],
  ['v2 with 2000 octets of TLVs', WITH_TLVS],
] as const;

const NOT_RECOGNIZED =
  "error when receiving proxy header: 'The PROXY protocol header signature was not recognized. (PP 2.1, PP 2.2)'";

for (const accept of ['accept', 'require'] as const) {
  for (const [version, header] of headers) {
    test(`${accept}: a client after a ${version} header is refused, and reported with its own address`, async (t) => {
      const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
      const client = await dialWire(t, proxy);
      await client.send(concat(header, ascii('amqp0091 and more')));
      t.is(await client.how(), 'rst');
      t.is(client.received.toString('hex'), A91);
      t.like(await proxy.nextReport(), {
        ...TOLD,
        via: client.address,
        listen: `127.0.0.1:${proxy.port}`,
        decision: 'refuse',
        reason: { name: 'bad_header', term: '{bad_header,<<"amqp0091">>}' },
        header: { text: 'amqp0091' },
        healthCheck: false,
        octets: { received: 17, sent: 8 },
      });
      t.like(proxy.accepting, [{ client: ENDS.source, listen: ENDS.destination, byEnd: false }] as never);
      t.is(proxy.accepting.length, 1);
    });

    test(`${accept}: a client after a ${version} header is forwarded without the header`, async (t) => {
      const upstream = await startUpstream(t);
      const proxy = await startProxy(t, upstream, accepting(accept));
      for (const parts of [[concat(header, HEADER, ascii('more'))], [header, HEADER, ascii('more')]]) {
        const client = await dialWire(t, proxy);
        for (const part of parts) await client.send(part);
        const broker = await upstream.next();
        t.deepEqual(await broker.octets(12), Buffer.concat([HEADER, ascii('more')]));
        await broker.send('hello');
        await client.octets(5);
        client.fin();
        t.is(await broker.how(), 'fin');
        broker.rst();
        t.like(await proxy.nextReport(), { ...TOLD, via: client.address, octets: { received: 12, sent: 5 } });
      }
    });
  }

  test(`${accept}: a header is accepted wherever it is split`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, accepting(accept));
    for (const [, header] of headers.slice(0, 2)) {
      const octets = concat(header, HEADER);
      await Promise.all(
        splits(octets).map(async ([first, second]) => {
          const client = await dialWire(t, proxy);
          await client.send(first);
          await new Promise(setImmediate);
          await client.send(second);
          t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
          client.rst();
          t.like(await proxy.nextReport((report) => report.via === client.address), {
            ...TOLD,
            octets: { received: 8 },
          });
        }),
      );
    }
  });

  test(`${accept}: a header can arrive one octet at a time`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, accepting(accept));
    const client = await dialWire(t, proxy);
    for (const octet of concat(encodeHeader('v1', ENDS), HEADER)) {
      await client.send(Uint8Array.of(octet));
      await new Promise(setImmediate);
    }
    t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
  });

  for (const [what, header, isLocal] of [
    ['UNKNOWN', UNKNOWN, false],
    ['LOCAL', LOCAL, true],
  ] as const) {
    test(`${accept}: after ${what} the addresses are those of the socket`, async (t) => {
      const upstream = await startUpstream(t);
      const proxy = await startProxy(t, upstream, accepting(accept));
      const client = await dialWire(t, proxy);
      await client.send(concat(header, HEADER));
      const broker = await upstream.next();
      await broker.octets(8);
      await broker.send(says.start());
      await client.octets(says.start().length);
      client.rst();
      const own = { client: client.address, via: null, destination: null };
      t.like(await proxy.nextReport(), { ...own, healthCheck: true, octets: { received: 8 } });
      const check = await dialWire(t, proxy);
      await check.send(header);
      check.fin();
      t.is(await check.how(), 'rst');
      t.like(await proxy.nextReport(), {
        client: check.address,
        via: null,
        healthCheck: true,
        reason: { name: 'connection_closed_with_no_data_received', term: 'connection_closed_with_no_data_received' },
        octets: { received: 0, sent: 0 },
      });
      const bad = await dialWire(t, proxy);
      await bad.send(concat(header, ascii('GET / HTTP/1.1')));
      await bad.how();
      t.like(await proxy.nextReport(), { reason: { name: 'bad_header' }, healthCheck: isLocal });
      t.is(proxy.accepting.length, 3);
    });
  }

  test(`${accept}: a client that ends after the header is reported by the octets that follow it`, async (t) => {
    const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
    for (const how of ['fin', 'rst'] as const) {
      for (const [octets, name] of [
        ['', 'connection_closed_with_no_data_received'],
        ['AMQ', 'connection_closed_abruptly'],
      ] as const) {
        const client = await dialWire(t, proxy);
        await client.send(concat(encodeHeader('v2', ENDS), ascii(octets)));
        client[how]();
        t.like(await proxy.nextReport(), {
          ...TOLD,
          reason: { name },
          header: { text: octets },
          ended: { by: 'client', clientSent: how },
          octets: { received: octets.length },
        });
      }
    }
  });

  test(`${accept}: the handshake timeout starts after the header`, async (t) => {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), { ...accepting(accept), clock });
    const client = await dialWire(t, proxy);
    while (clock.started === 0) await new Promise(setImmediate);
    clock.advance(2_999);
    await client.send(encodeHeader('v2', ENDS));
    while (clock.started === 1) await new Promise(setImmediate);
    clock.advance(9_999);
    t.is(clock.timers, 1);
    clock.advance(1);
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), {
      ...TOLD,
      durationMs: 12_999,
      reason: {
        name: 'handshake_timeout',
        term: '{handshake_timeout,handshake}',
        sentence:
          'The client sent nothing for 10 s and was reset. RabbitMQ logs `accepting` only now: it waits for the first byte.',
      },
    });
  });

  test(`${accept}: a malformed header is reset immediately, without a reply and without a log entry`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, accepting(accept));
    const client = await dialWire(t, proxy);
    await client.send('PROXY TCP4 192.0.2.1 192.0.2.9 0 5672\r\nAMQP\0\0\x09\x01');
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, 0);
    t.like(await proxy.nextReport(), {
      client: client.address,
      via: null,
      decision: 'refuse',
      stage: 'header',
      reason: {
        name: 'bad_header',
        term: "error when receiving proxy header: 'Failed to parse a port number in the PROXY protocol header line. (PP 2.1)'",
        severity: 'error',
        loggedAs: 'debug',
      },
      looksLike: null,
      header: { text: 'PROXY TC' },
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
      octets: { sent: 0 },
    });
    t.deepEqual([proxy.accepting.length, upstream.connections], [0, 0]);
  });

  test(`${accept}: a proxy that is stopped during the header ends the connection`, async (t) => {
    const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
    const client = await dialWire(t, proxy);
    await client.send('PROXY TCP4 ');
    await within(proxy.proxy.close(0), 'the end of the proxy');
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { reason: { name: 'shutdown' }, ended: { by: 'proxy', clientSaw: 'rst' } });
  });
}

for (const [what, octets] of [
  ['a good protocol header', HEADER],
  ['a bad one', ascii('amqp0091')],
  ['one octet', ascii('A')],
] as const) {
  test(`require: ${what} instead of a PROXY header is reset immediately, without a reply and without a log entry`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, accepting('require'));
    const client = await dialWire(t, proxy);
    await client.send(octets);
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, 0);
    const report = await proxy.nextReport();
    t.like(report, {
      decision: 'refuse',
      reason: { name: 'bad_header', term: NOT_RECOGNIZED, severity: 'error', loggedAs: 'debug' },
      healthCheck: false,
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
      octets: { received: octets.length, sent: 0 },
    });
    t.regex(report.reason.sentence, /instead of a PROXY header.* and was reset\b/);
    t.deepEqual([proxy.accepting.length, upstream.connections], [0, 0]);
  });
}

test('require: a client that sends nothing is reset 3 s after accept, whatever the handshake timeout', async (t) => {
  for (const [sent, says] of [
    ['', 'The client sent no PROXY header within 3 s and was reset.'],
    ['PROXY TCP', 'The client sent only part of a PROXY header within 3 s and was reset.'],
  ] as const) {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), {
      ...accepting('require'),
      clock,
      handshakeTimeout: 500,
    });
    const client = await dialWire(t, proxy);
    await client.send(sent);
    while (clock.started === 0) await new Promise(setImmediate);
    const probe = await dialWire(t, proxy);
    await probe.send('no header');
    // The first client's bytes have arrived before this.
    await proxy.nextReport((report) => report.client === probe.address);
    clock.advance(2_999);
    t.is(proxy.reports.length, 1);
    clock.advance(1);
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, 0);
    t.like(await proxy.nextReport(), {
      durationMs: 3_000,
      decision: 'refuse',
      reason: {
        name: 'handshake_timeout',
        term: 'error when receiving proxy header: timeout',
        loggedAs: 'debug',
        sentence: says,
      },
      ended: { by: 'proxy', clientSaw: 'rst' },
    });
    t.is(proxy.accepting.length, 0);
  }
});

test('require: the dialects 3.7.10 to 3.7.12 wait 1 s for a header, and those after them log at error', async (t) => {
  for (const [dialect, wait, level] of [
    ['3.7.12', 1_000, 'error'],
    ['3.7.13', 3_000, 'error'],
    ['3.8.2', 3_000, 'error'],
    ['3.8.3', 3_000, 'debug'],
  ] as const) {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), { ...accepting('require'), clock, dialect });
    const client = await dialWire(t, proxy);
    while (clock.started === 0) await new Promise(setImmediate);
    clock.advance(wait - 1);
    t.is(proxy.reports.length, 0);
    clock.advance(1);
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { durationMs: wait, reason: { name: 'handshake_timeout', loggedAs: level } });
  }
});

test('require: a client that closes before a header is reset', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), accepting('require'));
  for (const how of ['fin', 'rst'] as const) {
    for (const [octets, name, healthCheck] of [
      ['', 'connection_closed_with_no_data_received', true],
      ['PROXY TCP4 192', 'connection_closed_abruptly', false],
    ] as const) {
      const client = await dialWire(t, proxy);
      await client.send(octets);
      client[how]();
      if (how === 'fin') t.is(await client.how(), 'rst');
      t.like(await proxy.nextReport(), {
        client: client.address,
        decision: 'none',
        reason: {
          name,
          term: 'error when receiving proxy header: TCP socket was closed prematurely',
          loggedAs: 'debug',
        },
        healthCheck,
        ended: { by: 'client', clientSent: how },
        octets: { received: octets.length, sent: 0 },
      });
    }
  }
  t.is(proxy.accepting.length, 0);
});

test('close: fin also ends with a FIN when a PROXY header is missing', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), { ...accepting('require'), close: 'fin' });
  const client = await dialWire(t, proxy);
  await client.send('amqp0091');
  t.is(await client.how(), 'fin');
  client.fin();
  t.like(await proxy.nextReport(), { ended: { clientSaw: 'fin' }, octets: { sent: 0 } });
});

test('accept: a client without a header is handled as with accept: off, even after the first octets of one', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, accepting('accept'));
  for (const [parts, name, text] of [
    [['amqp0091'], 'bad_header', 'amqp0091'],
    [['PRO', 'XI 0091'], 'bad_header', 'PROXI 00'],
    [['\r\n\r\n', '\0\r\nquit'], 'bad_header', '.......q'],
    [['P'], 'connection_closed_abruptly', 'P'],
    [['PROXY'], 'connection_closed_abruptly', 'PROXY'],
    [[], 'connection_closed_with_no_data_received', ''],
  ] as const) {
    const client = await dialWire(t, proxy);
    for (const part of parts) {
      await client.send(part);
      await new Promise(setImmediate);
    }
    client.fin();
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, name === 'bad_header' ? 8 : 0);
    t.like(await proxy.nextReport(), {
      client: client.address,
      via: null,
      reason: { name },
      header: { text },
      octets: { received: parts.join('').length },
    });
  }
  t.is(proxy.accepting.length, 6);
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
});

test('accept: the handshake timeout of a client without a header is counted from accept', async (t) => {
  for (const sent of ['', 'PROX', 'AMQ']) {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), { ...accepting('accept'), clock });
    const client = await dialWire(t, proxy);
    await client.send(sent);
    while (clock.started < (sent === 'AMQ' ? 2 : 1)) await new Promise(setImmediate);
    clock.advance(9_999);
    t.is(clock.timers, 1);
    clock.advance(1);
    await new Promise(setImmediate);
    clock.advance(0);
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), {
      durationMs: 10_000,
      reason: { name: 'handshake_timeout', term: '{handshake_timeout,handshake}', loggedAs: 'error' },
    });
    t.is(proxy.accepting.length, 1);
  }
});

test('a header from an untrusted source is a bad header, or a missing one when it is required', async (t) => {
  const elsewhere = ['10.0.0.0/8', '127.0.0.2'];
  for (const accept of ['accept', 'require'] as const) {
    const proxy = await startProxy(t, await startUpstream(t), accepting(accept, elsewhere));
    const client = await dialWire(t, proxy);
    await client.send(encodeHeader('v1', ENDS));
    t.is(await client.how(), 'rst');
    t.is(client.received.toString('hex'), accept === 'accept' ? A91 : '');
    t.like(await proxy.nextReport(), {
      client: client.address,
      via: null,
      reason: {
        name: 'bad_header',
        term: accept === 'accept' ? '{bad_header,<<"PROXY TC">>}' : NOT_RECOGNIZED,
      },
    });
    t.is(proxy.accepting.length, accept === 'accept' ? 1 : 0);
    const trusted = await dialWire(t, proxy, '127.0.0.2');
    await trusted.send(concat(encodeHeader('v1', ENDS), ascii('amqp0091')));
    t.is(await trusted.how(), 'rst');
    t.like(await proxy.nextReport(), { ...TOLD, via: trusted.address });
  }
});

test('off: a PROXY header is a bad header', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t));
  for (const [, header] of headers) {
    const client = await dialWire(t, proxy);
    await client.send(header);
    t.is(await client.how(), 'rst');
    t.is(client.received.toString('hex'), A91);
    t.like(await proxy.nextReport(), { client: client.address, via: null, reason: { name: 'bad_header' } });
  }
});

test('observe: a header is accepted, and everything after it is relayed', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { ...accepting('accept'), mode: 'observe' });
  for (const header of [encodeHeader('v1', ENDS), encodeHeader('v2', ENDS)]) {
    const client = await dialWire(t, proxy);
    await client.send(header);
    const broker = await upstream.next();
    await broker.send('220 mail.example\r\n');
    t.is((await client.octets(18)).toString(), '220 mail.example\r\n');
    await client.send('EHLO me\r\n');
    t.is((await broker.octets(9)).toString(), 'EHLO me\r\n');
    client.fin();
    t.is(await broker.how(), 'fin');
    broker.fin();
    t.like(await proxy.nextReport(), {
      ...TOLD,
      via: client.address,
      decision: 'forward',
      header: { text: 'EHLO me.' },
      octets: { received: 9, sent: 18 },
    });
  }
});

test('observe: a client that ends instead of a header or after it is a health check', async (t) => {
  for (const header of [new Uint8Array(), encodeHeader('v2', ENDS)]) {
    for (const how of ['fin', 'rst'] as const) {
      const upstream = await startUpstream(t);
      const proxy = await startProxy(t, upstream, { ...accepting('accept'), mode: 'observe' });
      const client = await dialWire(t, proxy);
      // A reset that arrives before accept is a different case.
      while (proxy.proxy.connections === 0) await new Promise(setImmediate);
      await client.send(header);
      client[how]();
      // A pending dial is aborted by a reset.
      if (how === 'fin') {
        const broker = await upstream.next();
        t.is(await broker.how(), 'fin');
        broker.fin();
      }
      t.like(await proxy.nextReport(), {
        reason: { name: 'connection_closed_with_no_data_received' },
        healthCheck: true,
        ended: { by: 'client', clientSent: how },
      });
    }
  }
});

test('observe: a server that speaks first reaches a client that sends no header', async (t) => {
  const clock = new ManualClock();
  const upstream = await startUpstream(t, (wire) => void wire.send('220 mail.example\r\n'));
  const proxy = await startProxy(t, upstream, { ...accepting('accept'), mode: 'observe', clock });
  const client = await dialWire(t, proxy);
  while (clock.started === 0) await new Promise(setImmediate);
  clock.advance(2_999);
  await new Promise(setImmediate);
  t.is(upstream.connections, 0);
  clock.advance(1);
  t.is((await client.octets(18)).toString(), '220 mail.example\r\n');
  await client.send('PROXY ');
  t.is((await (await upstream.next()).octets(6)).toString(), 'PROXY ');
});

test('observe: a client without a required header is refused', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { ...accepting('require'), mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), { decision: 'refuse', upstream: null, reason: { term: NOT_RECOGNIZED } });
  t.is(upstream.connections, 0);
});
