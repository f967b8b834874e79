import test from 'ava';
import { FaultRecord } from '../../../lib/proxy/faulted/fault-record.js';

test('the first 100 faults are kept, the rest is counted, and a later one can still end the connection', (t) => {
  let acted = 0;
  const record = new FaultRecord(() => {
    acted += 1;
  });
  for (let nth = 0; nth < 3000; nth++) record.add(`amqp/f${nth}`, { name: `f${nth}`, type: 'noop' }, 'running');
  t.deepEqual([record.hits.length, record.omitted, acted], [100, 2900, 3000]);
  t.is(record.hits[0]?.name, 'f0');
  t.is(record.last?.name, 'f2999');
  record.endedBy('amqp/f2500', { imitates: null, connectionClose: null });
  t.is(record.end?.hit.name, 'f2500');
});
