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
  [':', '', 0],
  ['127.0.0.1:', '127.0.0.1', 0],
  ['127.0.0.1:080', '127.0.0.1', 80],
  ['[fe80::1%lo]:5', 'fe80::1%lo', 5],
] as const) {
  test(`${JSON.stringify(text)} is ${host}, port ${port}`, async (t) => {
    t.deepEqual(await readListen(text, ''), { host, port, written: text });
  });
}

for (const [text, error] of [
  ['local373', 'listen tcp: address local373: missing port in address'],
  ['localhost:99999', 'listen tcp: address 99999: invalid port'],
  ['localhost:65536', 'listen tcp: address 65536: invalid port'],
  ['localhost:-1', 'listen tcp: address -1: invalid port'],
  ['localhost:x', 'listen tcp: lookup tcp/x: unknown port'],
  ['localhost:1e3', 'listen tcp: lookup tcp/1e3: unknown port'],
  ['::1:5', 'listen tcp: address ::1:5: too many colons in address'],
  ['[::1]', 'listen tcp: address [::1]: missing port in address'],
  ['[::1]x:5', 'listen tcp: address [::1]x:5: missing port in address'],
  ['[::1:5', "listen tcp: address [::1:5: missing ']' in address"],
  ['x]:5', "listen tcp: address x]:5: unexpected ']' in address"],
  ['[x[y]:5', "listen tcp: address [x[y]:5: unexpected '[' in address"],
  ['127.1:5', 'listen tcp: lookup 127.1: no such host'],
  ['0x7f.1:5', 'listen tcp: lookup 0x7f.1: no such host'],
] as const) {
  test(`${JSON.stringify(text)} is rejected with Toxiproxy's text`, async (t) => {
    await t.throwsAsync(readListen(text, 'listen tcp: '), { message: error });
  });
}
