import test from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { outlineOf } from '../../lib/proxy-protocol/outline.js';
import { ascii, concat, hex, proxyV1 } from '../support/bytes.js';

const V2 = hex('0d0a0d0a000d0a515549540a');
const v2 = (rest: string, zeros = 0): Uint8Array => concat(V2, hex(rest), new Uint8Array(zeros));

test('a v1 header has its length with CR LF', (t) => {
  t.deepEqual(outlineOf(concat(proxyV1(), ascii('AMQP'))), {
    version: 1,
    command: 'proxy',
    length: proxyV1().length,
    tlvTypes: [],
  });
  t.is(outlineOf(ascii('PROXY TCP4 127.0.0.1')), null);
});

test('a v2 header has its command, its length and the types of its TLVs', (t) => {
  t.deepEqual(outlineOf(v2('20 00 0000')), { version: 2, command: 'local', length: 16, tlvTypes: [] });
  t.deepEqual(outlineOf(v2('20 00 0007 03 0004 a9b87e8f')), {
    version: 2,
    command: 'local',
    length: 23,
    tlvTypes: [3],
  });
  const ends = { source: '10.0.0.1:1', destination: '10.0.0.2:2' };
  t.deepEqual(outlineOf(encodeHeader('v2', ends)), { version: 2, command: 'proxy', length: 28, tlvTypes: [] });
  // With the VPC endpoint ID of AWS.
  t.deepEqual(outlineOf(v2('21 11 0012 0a000001 0a000002 0001 0002 ea 0003 010203')), {
    version: 2,
    command: 'proxy',
    length: 34,
    tlvTypes: [0xea],
  });
});

test('a LOCAL header that names a family may have its addresses or omit them', (t) => {
  t.deepEqual(outlineOf(v2('20 11 0054 03 0004 bce5951f 04 004a', 74)), {
    version: 2,
    command: 'local',
    length: 100,
    tlvTypes: [3, 4],
  });
  t.deepEqual(outlineOf(v2('20 11 0013 7f000001 7f000001 0001 0002 03 0004 bce5951f')), {
    version: 2,
    command: 'local',
    length: 35,
    tlvTypes: [3],
  });
});

test('of a header whose end was not received, the TLVs that were are known', (t) => {
  t.deepEqual(outlineOf(v2('20 11 0154 03 0004 bce5951f 04 014a'))?.tlvTypes, [3, 4]);
  t.deepEqual(outlineOf(v2('20 11 0054 03 0004 bce5951f'))?.tlvTypes, [3]);
});

test('at most eight TLVs are listed', (t) => {
  t.is(outlineOf(v2(`20 00 001e ${'04 0000 '.repeat(10)}`))?.tlvTypes.length, 8);
});

test('other octets have no outline', (t) => {
  for (const octets of [new Uint8Array(0), V2, ascii('AMQP\0\0\x09\x01'), ascii('PROXY'), V2.subarray(0, 8)]) {
    t.is(outlineOf(octets), null);
  }
});
