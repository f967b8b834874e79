import test from 'ava';
import { decodeMethod } from '../../lib/amqp/connection-methods.js';
import { methodName } from '../../lib/amqp/method-name.js';

for (const [classId, methodId, name] of [
  [10, 10, 'connection.start'],
  [10, 11, 'connection.start_ok'],
  [10, 51, 'connection.close_ok'],
  [10, 60, 'connection.blocked'],
  [10, 70, 'connection.update_secret'],
  [20, 40, 'channel.close'],
  [40, 40, 'exchange.unbind'],
  [40, 51, 'exchange.unbind_ok'],
  [50, 50, 'queue.unbind'],
  [60, 100, 'basic.recover_async'],
  [60, 120, 'basic.nack'],
  [85, 10, 'confirm.select'],
  [90, 31, 'tx.rollback_ok'],
] as const) {
  test(`class ${classId}, method ${methodId} is ${name}`, (t) => t.is(methodName(classId, methodId), name));
}

for (const [classId, methodId] of [
  [99, 99],
  [10, 0],
  [10, 12],
  [0, 0],
  [40, 41],
  [60, 122],
] as const) {
  test(`class ${classId}, method ${methodId} does not exist`, (t) => t.is(methodName(classId, methodId), undefined));
}

test('exactly the Connection methods that have a name can be decoded', (t) => {
  const isDecoded = (id: number): boolean => {
    try {
      return decodeMethod(Uint8Array.of(0, 10, 0, id)).name !== 'unknown';
    } catch {
      // The method exists, but its arguments are missing.
      return true;
    }
  };
  for (let id = 0; id < 256; id++) t.is(methodName(10, id) !== undefined, isDecoded(id), String(id));
});

test('no two methods have the same name', (t) => {
  const names: string[] = [];
  for (let classId = 0; classId < 128; classId++) {
    for (let id = 0; id < 128; id++) names.push(methodName(classId, id) ?? '');
  }
  const named = names.filter((name) => name !== '');
  t.is(new Set(named).size, named.length);
  for (const name of named) t.regex(name, /^[a-z]+\.[a-z_]+$/);
});
