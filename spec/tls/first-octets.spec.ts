import test from 'ava';
import { ERLANG_TLS } from '../../lib/tls/erlang-tls.js';
import { judge } from '../../lib/tls/first-octets.js';
import { hex } from '../support/bytes.js';
import { tlsListeners } from '../support/tls-listeners.js';

const judged = (octets: string, otp: 23 | 25 | 27 = 27) => {
  const found = judge(hex(octets), ERLANG_TLS[otp]);
  return found.type === 'end' ? [found.alert?.by, found.alert?.number, found.alert?.detail] : found.type;
};

test('the first octet must be the type of a TLS record', (t) => {
  for (let type = 0; type < 256; type++) {
    const octet = type.toString(16).padStart(2, '0');
    t.deepEqual(judged(octet), type >= 20 && type <= 23 ? 'wait' : ['server', 10, `{unsupported_record_type,${type}}`]);
  }
});

test('the next two octets must be a TLS version', (t) => {
  for (const version of ['0300', '0301', '0302', '0303', '0304']) t.is(judged(`16${version}`), 'wait');
  t.deepEqual(judged('16414d'), ['server', 20, '{unsupported_version,{65,77}}']);
  t.deepEqual(judged('160200'), ['server', 20, '{unsupported_version,{2,0}}']);
  t.deepEqual(judged('160309'), ['server', 20, '{unsupported_version,{3,9}}']);
  t.deepEqual(judged('160300', 23), ['server', 20, '{unsupported_version,{3,0}}']);
});

test('fewer octets, and a record that is not filled, decide nothing', (t) => {
  for (const octets of ['', '16', '1641', '1603010005', '16030100050100']) t.is(judged(octets), 'wait');
});

test('a HelloRequest has no effect', (t) => {
  t.is(judged('16030100050000000000'), 'wait');
  t.is(judged('160301000800000000000000'), 'wait');
  t.deepEqual(judged('160301000a00000000010000020303'), ['server', 50, '{unknown_or_malformed_handshake,1}']);
});

test('a good ClientHello is left to OpenSSL, in one record or in several', (t) => {
  const { steps = [] } = tlsListeners.cases.find(({ name }) => name === 'hello 1.3 and silence') ?? {};
  const [first] = steps;
  const hello = typeof first === 'object' && 'send' in first ? first.send : '';
  t.is(judged(hello), 'hello');
  const body = hello.slice(10);
  const record = (part: string) => `160301${(part.length / 2).toString(16).padStart(4, '0')}${part}`;
  t.is(judged(record(body.slice(0, 100)) + record(body.slice(100))), 'hello');
  t.is(judged(record(body.slice(0, 100)) + record(body.slice(100, 200))), 'wait');
});

test('no more than 16 KB are kept', (t) => {
  t.is(judged(`1603014000${'010fff00'}${'00'.repeat(16_000)}`), 'wait');
  const record = `1603014000${'010003f0'}`;
  t.is(judged(record), 'wait');
  t.is(judged(`1603014000${'0103f000'}${'00'.repeat(16_380)}1603010004000000`), 'hello');
});
