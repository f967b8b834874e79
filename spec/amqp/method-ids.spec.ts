import test from 'ava';
import { decodeMethod } from '../../lib/amqp/connection-methods.js';
import { METHOD_IDS } from '../../lib/amqp/method-ids.js';
import { broker, client } from '../support/bytes.js';

test('the Connection methods are encoded with these ids', (t) => {
  for (const octets of [
    broker.start(),
    client.startOk(),
    broker.tune(),
    client.tuneOk(),
    client.open(),
    broker.openOk(),
  ]) {
    const { name } = decodeMethod(octets.subarray(7, -1));
    t.deepEqual(METHOD_IDS.get(name), [octets[8], octets[10]] as [number, number]);
  }
});

test('no two methods have the same ids', (t) => {
  t.is(new Set([...METHOD_IDS.values()].map(String)).size, METHOD_IDS.size);
  t.deepEqual(METHOD_IDS.get('basic.ack'), [60, 80]);
  t.deepEqual(METHOD_IDS.get('queue.unbind-ok'), [50, 51]);
});
