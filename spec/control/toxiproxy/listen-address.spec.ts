import test from 'ava';
import { readListen } from '../../../lib/control/toxiproxy/listen-address.js';

for (const [text, host, port] of [
  ['localhost:26000', '127.0.0.1', 26_000],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['0.0.0.0:8666', '0.0.0.0', 8_666],
  ['[::1]:26000', '::1', 26_000],
  ['[::]:26000', '::', 26_000],
  [':26003', '', 26_003],
  ['', '', 0],
] as const) {
  test(`${JSON.stringify(text)} is ${host}, port ${port}`, async (t) => {
    t.deepEqual(await readListen(text, ''), { host, port, written: text });
  });
}

for (const [text, error] of [
  ['local373', 'listen tcp: address local373: missing port in address'],
  ['localhost:99999', 'listen tcp: address 99999: invalid port'],
  ['localhost:x', 'listen tcp: address x: invalid port'],
  ['::1:5', 'listen tcp: address ::1:5: too many colons in address'],
] as const) {
  test(`${JSON.stringify(text)} is rejected with Toxiproxy's text`, async (t) => {
    await t.throwsAsync(readListen(text, 'listen tcp: '), { message: error });
  });
}
