import test from 'ava';
import { appendHeader } from '../../lib/amqp/header-octets.js';
import { ascii, splits } from '../support/bytes.js';

const NOTHING: Uint8Array = new Uint8Array();

test('the first 8 octets are collected, wherever they are split', (t) => {
  for (const parts of splits(ascii('AMQP0091 and more'))) {
    t.deepEqual(Buffer.from(parts.reduce(appendHeader, NOTHING)).toString(), 'AMQP0091');
  }
});

test('octets that arrive one by one are collected until there are 8', (t) => {
  let header = NOTHING;
  for (const [at, octet] of [...ascii('0123456789')].entries()) {
    header = appendHeader(header, Uint8Array.of(octet));
    t.is(header.length, Math.min(at + 1, 8));
  }
  t.is(Buffer.from(header).toString(), '01234567');
});

test('the result is a copy, because sockets reuse their buffers', (t) => {
  const chunk = Uint8Array.from(ascii('AMQP0091'));
  const header = appendHeader(NOTHING, chunk);
  chunk.fill(0);
  t.is(Buffer.from(header).toString(), 'AMQP0091');
});

test('a header that is complete, or receives no octets, is returned unchanged', (t) => {
  const [complete, partial] = [ascii('AMQP0091'), ascii('AMQP')];
  t.is(appendHeader(complete, ascii('more')), complete);
  t.is(appendHeader(partial, NOTHING), partial);
});
