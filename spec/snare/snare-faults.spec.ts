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
