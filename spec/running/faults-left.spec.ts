import test from 'ava';
import { FaultList } from '../../lib/faults/fault-list.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { faultsLeft } from '../../lib/running/faults-left.js';
import { ManualClock } from '../support/manual-clock.js';

const fault = (name: string, input: object = {}) => parseFault({ type: 'noop', proxy: 'amqp', name, ...input });

test('faults that can act, now or later, are left; spent and disabled ones, those past their time and those without a chance are not', (t) => {
  const clock = new ManualClock();
  const list = new FaultList({ seed: 1, clock, connectionsOf: () => 0, changed: () => {} });
  const left = () => faultsLeft(list.all, clock).map(({ name }) => name);
  list.add([
    fault('always'),
    fault('twice', { times: 2 }),
    fault('later', { when: { after: 1000 } }),
    fault('at first', { when: { until: 1000 } }),
    fault('never', { toxicity: 0 }),
  ]);
  t.deepEqual(left(), ['always', 'twice', 'later', 'at first']);
  const twice = list.get('amqp/twice');
  if (twice) twice.hits = 2;
  clock.advance(1000);
  t.deepEqual(left(), ['always', 'later']);
  list.change('amqp/always', { enabled: false });
  t.deepEqual(left(), ['later']);
  list.change('amqp/always', { enabled: true });
  list.change('amqp/never', { toxicity: 1 });
  t.deepEqual(left(), ['always', 'later', 'never']);
  t.deepEqual(faultsLeft(list.all, clock)[0], {
    proxy: 'amqp',
    name: 'always',
    type: 'noop',
    addedAt: clock.wall() - 1000,
  });
});
