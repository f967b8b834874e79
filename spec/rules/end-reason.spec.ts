import test from 'ava';
import { quadOf } from '../../lib/amqp/header.js';
import { type End, endReason } from '../../lib/rules/end-reason.js';
import { ascii, clientHello, httpGet, protocolHeader } from '../support/bytes.js';

const GOOD = protocolHeader(0, 0, 9, 1);

const end = (facts: Partial<End> = {}): End => ({
  by: 'client',
  received: 200,
  stopped: false,
  unreachable: null,
  closedOrderly: false,
  header: GOOD,
  quad: quadOf(facts.header ?? GOOD) ?? null,
  answer: null,
  ...facts,
});

for (const [title, facts, reason] of [
  [
    'an upstream that was not reached is the reason, with its code',
    { by: 'proxy', unreachable: 'ECONNREFUSED' },
    { name: 'upstream_unreachable', code: 'ECONNREFUSED' },
  ],
  ['a proxy that was stopped is the reason', { by: 'proxy', stopped: true }, { name: 'shutdown' }],
  [
    'a Close-Ok as the last word is an orderly end, whoever closed',
    { by: 'upstream', closedOrderly: true },
    { name: 'connection_closed' },
  ],
  ['a Close-Ok as the last word of a client', { by: 'client', closedOrderly: true }, { name: 'connection_closed' }],
  ['an upstream that ended first', { by: 'upstream' }, { name: 'upstream_closed' }],
  ['a client that ended first', { by: 'client' }, { name: 'connection_closed_abruptly' }],
  [
    'a client that ended before it said anything',
    { received: 0, header: ascii('') },
    { name: 'connection_closed_with_no_data_received' },
  ],
  ['a client that ended in its header', { received: 4, header: ascii('AMQP') }, { name: 'connection_closed_abruptly' }],
] as const satisfies readonly (readonly [string, Partial<End>, unknown])[]) {
  test(`${title}: ${reason.name}, for certain`, (t) => {
    t.deepEqual<unknown, unknown>(endReason(end(facts)), { reason, inferred: false });
  });
}

const badHeader = (octets: Uint8Array, detail: string) => ({ name: 'bad_header', detail, octets });
const [lower, get, tls] = [ascii('amqp0091'), httpGet('/').subarray(0, 8), clientHello().subarray(0, 8)];

for (const [title, header, answer, reason] of [
  ['text in place of a header', lower, [0, 0, 9, 1], badHeader(lower, 'other')],
  ['a GET', get, [3, 1, 0, 0], badHeader(get, 'detected_http_get')],
  ['a ClientHello', tls, [3, 1, 0, 0], badHeader(tls, 'detected_tls')],
  ['a version in digits', ascii('AMQP0091'), [0, 0, 9, 1], { name: 'bad_version', quad: [48, 48, 57, 49] }],
  ['0-8 to a 4.x broker', protocolHeader(1, 1, 8, 0), [3, 1, 0, 0], { name: 'bad_version', quad: [1, 1, 8, 0] }],
  ['AMQP 1.0 without its plugin', protocolHeader(3, 1, 0, 0), [0, 0, 9, 1], { name: 'amqp1_0_plugin_not_enabled' }],
  ['AMQP 1.0 without SASL', protocolHeader(0, 1, 0, 0), [3, 1, 0, 0], { name: 'sasl_required', protocolId: 0 }],
] as const) {
  test(`${title} that the broker answered with ${answer.join(' ')} is ${reason.name}, inferred`, (t) => {
    for (const by of ['client', 'upstream'] as const) {
      t.deepEqual<unknown, unknown>(endReason(end({ by, header, answer })), { reason, inferred: true });
    }
  });
}

test('a header that came back is no refusal', (t) => {
  const header = protocolHeader(3, 1, 0, 0);
  t.is(endReason(end({ header, answer: [3, 1, 0, 0] })).reason.name, 'connection_closed_abruptly');
});

test('an upstream that speaks first refuses nothing', (t) => {
  t.is(endReason(end({ header: ascii('AMQP'), answer: [0, 0, 9, 1] })).reason.name, 'connection_closed_abruptly');
});
