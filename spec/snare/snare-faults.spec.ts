import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { collectGarbage } from '../support/garbage.js';

test('a removed fault can be garbage collected', async (t) => {
  await using snare = await createSnare();
  const passing = async () => {
    const fault = await snare.faults.add({ type: 'noop' });
    await fault.remove();
    return new WeakRef(fault);
  };
  const gone = await passing();
  // A WeakRef keeps its target alive until the end of the current turn.
  await new Promise(setImmediate);
  collectGarbage();
  t.is(gone.deref(), undefined);
});

test('a fault says whether it acts now, and which values its ramps have', async (t) => {
  await using snare = await createSnare();
  const attributes = { latency: { from: 10, to: 0, over: '24h' } };
  const fault = await snare.faults.add({ type: 'latency', attributes, when: { every: '20h..24h', for: '1h' } });
  t.deepEqual([fault.state, fault.valuesNow], ['active', { latency: 10 }]);
  await fault.change({ enabled: false });
  t.is(fault.state, 'off');
  await fault.change({ enabled: true, when: { after: '1h' } });
  t.is(fault.state, 'waiting');
});
