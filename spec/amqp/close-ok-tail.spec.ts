import test from 'ava';
import fc from 'fast-check';
import { CloseOkTail } from '../../lib/amqp/close-ok-tail.js';
import { CLOSE_OK, concat, HEARTBEAT, splits } from '../support/bytes.js';

function isCloseOk(...chunks: readonly Uint8Array[]): boolean {
  const tail = new CloseOkTail();
  for (const chunk of chunks) tail.push(chunk);
  return tail.isCloseOk;
}

test('a Close-Ok is one wherever it is split', (t) => {
  for (const parts of splits(CLOSE_OK)) t.true(isCloseOk(...parts));
});

test('a Close-Ok is one octet by octet, and not before its last octet', (t) => {
  const tail = new CloseOkTail();
  for (const [at, octet] of CLOSE_OK.entries()) {
    t.false(tail.isCloseOk, `after ${at} octets`);
    tail.push(Uint8Array.of(octet));
  }
  t.true(tail.isCloseOk);
});

test('anything before it does not matter, wherever that is split', (t) => {
  for (const parts of splits(concat(HEARTBEAT, CLOSE_OK))) t.true(isCloseOk(...parts));
});

test('anything after it does, wherever that is split; no octets are nothing', (t) => {
  for (const parts of splits(concat(CLOSE_OK, HEARTBEAT))) t.false(isCloseOk(...parts));
  t.true(isCloseOk(CLOSE_OK, new Uint8Array()));
});

test('only the last 12 octets count, however they come', (t) => {
  const anyChunk = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constant(CLOSE_OK),
    fc.constant(CLOSE_OK.subarray(0, 5)),
  );
  fc.assert(
    fc.property(fc.array(anyChunk), (chunks) => {
      t.is(isCloseOk(...chunks), Buffer.from(concat(...chunks).subarray(-12)).equals(CLOSE_OK));
    }),
  );
});

test('it keeps no view of what it was given', (t) => {
  const buffer = Uint8Array.from(CLOSE_OK);
  const tail = new CloseOkTail();
  tail.push(buffer);
  buffer.fill(0);
  t.true(tail.isCloseOk);
});
