import test from 'ava';
import type { Case, Step } from '../support/corpus.js';
import { FAMILIES, type FamilyName } from './families.js';
import type { Family } from './family.js';
import type { TlsScript } from './play-tls.js';
import type { TwoSided } from './two-sided.js';

const COUNT = 400;
const NAMES = Object.keys(FAMILIES) as FamilyName[];

const scriptsOf = (name: FamilyName, seed = 1): readonly Case[] => {
  const family: Family = FAMILIES[name];
  return Array.from({ length: COUNT }, (_, number) => family.scriptOf(seed, number));
};

for (const name of NAMES) {
  test(`a script of the family ${name} depends only on its seed and number`, (t) => {
    const family: Family = FAMILIES[name];
    const scripts = scriptsOf(name);
    t.deepEqual(family.scriptOf(1, 7), scripts[7]);
    const texts = new Set(scripts.map((script) => JSON.stringify({ ...script, name: '' })));
    t.true(texts.size > COUNT * 0.3, `${texts.size} of ${COUNT}`);
    t.notDeepEqual(family.scriptOf(2, 7), scripts[7]);
    t.is(new Set(scripts.map((script) => script.name)).size, COUNT);
  });
}

test('families do not share their scripts', (t) => {
  const texts = NAMES.map((name) => JSON.stringify({ ...(FAMILIES[name] as Family).scriptOf(1, 7), name: '' }));
  t.is(new Set(texts).size, NAMES.length);
});

const sent = ({ steps }: Case): Buffer => Buffer.concat(steps.map(octetsOf));
const octetsOf = (step: Step): Buffer =>
  typeof step === 'object' && 'send' in step ? Buffer.from((step.send as { hex: string }).hex, 'hex') : Buffer.alloc(0);

/** The size of the Start-Ok: its payload, and 8 octets around that. */
const startOkLength = (script: Case): number => sent(script).readUInt32BE(8 + 3) + 8;

test('Start-Ok has up to 20,000 octets, and lengths around both limits occur', (t) => {
  const lengths = scriptsOf('start-ok').map(startOkLength);
  t.true(Math.max(...lengths) <= 20_000 && Math.max(...lengths) > 19_500);
  t.true(Math.min(...lengths) < 200);
  for (const limit of [4_096, 8_192]) {
    t.true(
      lengths.some((length) => length <= limit && length > limit - 12),
      `${limit}`,
    );
    t.true(
      lengths.some((length) => length > limit && length < limit + 12),
      `${limit}`,
    );
  }
});

test('AMQP 1.0 frames occur with every kind of size, data offset, type and channel, before and after SASL', (t) => {
  const seen = new Set<string>();
  for (const script of scriptsOf('amqp10')) {
    const octets = sent(script);
    const second = octets.indexOf('AMQP', 8, 'latin1');
    const isAfter = second !== -1 && octets.length >= second + 16;
    const frame = octets.subarray(isAfter ? second + 8 : 8);
    if (frame.length < 8) continue;
    const [size, dataOffset, type, channel] = [
      frame.readUInt32BE(0),
      frame.readUInt8(4),
      frame.readUInt8(5),
      frame.readUInt16BE(6),
    ];
    const place = isAfter ? 'after' : 'before';
    seen.add(`${place}: size ${size < 8 ? 'too small' : size > 512 ? 'too large' : 'possible'}`);
    seen.add(`${place}: offset ${dataOffset < 2 ? 'too small' : dataOffset * 4 > size ? 'too large' : 'possible'}`);
    seen.add(`${place}: type ${type > 1 ? 'unknown' : type}`);
    seen.add(`${place}: channel ${channel === 0 ? 0 : 'other'}`);
  }
  t.is(seen.size, 2 * (3 + 3 + 3 + 2), [...seen].join(', '));
});

test('the broker is stopped once in each script, after every step of the handshake and before the first one', (t) => {
  const places = new Set<number>();
  for (const { name, steps } of scriptsOf('stuck')) {
    t.is(steps.filter((step) => step === 'stop').length, 1, name);
    const before = steps.slice(0, steps.indexOf('stop'));
    places.add(before.filter((step) => typeof step === 'object' && 'send' in step).length);
    // A stopped broker answers nothing.
    t.false(
      steps.slice(before.length).some((step) => typeof step === 'object' && 'awaitFrames' in step),
      name,
    );
  }
  t.deepEqual([...places].sort(), [0, 1, 2, 3, 4]);
});

test('resets and FINs come 0 to 50 ms after the other steps, from both sides, in both modes', (t) => {
  const seen = new Set<string>();
  for (const { name, mode, client, server } of scriptsOf('resets') as readonly TwoSided[]) {
    for (const [side, steps] of Object.entries({ client, server })) {
      for (const step of steps) {
        if (typeof step === 'object' && 'wait' in step) t.true(Number(step.wait) <= 50, name);
        if (step === 'rst' || step === 'fin') seen.add(`${mode} ${side} ${step}`);
      }
    }
  }
  t.is(seen.size, 8, [...seen].join(', '));
});

test('the peer that does not read is the client or the server, and the other one closes in each way', (t) => {
  const seen = new Set<string>();
  for (const { name, mode, client, server } of scriptsOf('unread') as readonly TwoSided[]) {
    const [reader, sender] = client.includes('pause') ? [client, server] : [server, client];
    t.true(reader.includes('pause'), name);
    const close = sender.at(-1);
    seen.add(`${mode} ${reader === client ? 'client' : 'server'} ${close}`);
    t.is(reader.includes('resume'), close === 'fin', name);
  }
  t.is(seen.size, 8, [...seen].join(', '));
});

test('TLS scripts play plain clients, bad hellos, and clients inside TLS 1.2 and 1.3', (t) => {
  const scripts = scriptsOf('tls') as readonly TlsScript[];
  const versions = new Set(scripts.map(({ secured }) => secured?.maxVersion));
  t.deepEqual([...versions].sort(), ['TLSv1.2', 'TLSv1.3', undefined]);
  const raw = scripts.filter(({ secured }) => secured === undefined).map(sent);
  t.true(raw.some((octets) => octets.length === 0));
  t.true(raw.some((octets) => octets.toString('latin1') === 'AMQP\x00\x00\x09\x01'));
  const unfilled = raw.filter((octets) => octets.length > 5 && octets.length < 5 + octets.readUInt16BE(3));
  t.true(unfilled.some(([type]) => type === 0x16) && unfilled.some(([type]) => type === 0x17));
});
