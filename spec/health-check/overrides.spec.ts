import test from 'ava';
import { answeringOf } from '../../lib/health-check/answering.js';
import { Overrides } from '../../lib/health-check/overrides.js';

test('the setting that was put last counts, in whatever order they are removed', (t) => {
  const overrides = new Overrides();
  t.is(overrides.current, undefined);
  const [local, fail] = [answeringOf('local'), answeringOf('fail')];
  const removeLocal = overrides.put(local);
  const removeForward = overrides.put(null);
  t.is(overrides.current, null);
  const removeFail = overrides.put(fail);
  removeForward();
  t.is(overrides.current, fail);
  removeFail();
  t.is(overrides.current, local);
  removeFail();
  t.is(overrides.current, local);
  removeLocal();
  t.is(overrides.current, undefined);
});
