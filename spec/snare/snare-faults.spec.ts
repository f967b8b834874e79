import test from 'ava';
import { createSnare } from '../../lib/index.js';
import { collectGarbage } from '../support/garbage.js';

test('a fault that was removed is not kept', async (t) => {
  await using snare = await createSnare();
  const passing = async () => {
    const fault = await snare.faults.add({ type: 'noop' });
    await fault.remove();
    return new WeakRef(fault);
  };
  const gone = await passing();
  // A weak reference is strong until the turn is over.
  await new Promise(setImmediate);
  collectGarbage();
  t.is(gone.deref(), undefined);
});
