import test from 'ava';
import { RequestError } from '../../../lib/dashboard/control.js';
import { LeaseKeeper } from '../../../lib/dashboard/scenarios/lease-keeper.js';

/** A keeper whose timers run when the test says so. */
function makeKeeper(answer: () => Promise<unknown> = async () => undefined) {
  const timers = new Map<() => void, number>();
  const asked: string[] = [];
  const control = {
    ask: async <Answer>(method: string, path: string) => {
      asked.push(`${method} ${path}`);
      return (await answer()) as Answer;
    },
  };
  const keeper = new LeaseKeeper(control, (ms, work) => {
    timers.set(work, ms);
    return () => timers.delete(work);
  });
  const pass = async (): Promise<void> => {
    for (const work of timers.keys()) work();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { keeper, timers, asked, pass };
}

test('a lease is renewed three times in its time, until the keeper leaves it', async (t) => {
  const { keeper, timers, asked, pass } = makeKeeper();
  keeper.keep({ id: 'scenario-1', lease: 9000 });
  keeper.keep({ id: 'scenario-1', lease: 9000 });
  t.deepEqual([...timers.values()], [3000]);
  await pass();
  await pass();
  t.deepEqual(asked, ['POST /scenarios/scenario-1/renew', 'POST /scenarios/scenario-1/renew']);
  t.true(keeper.keeps('scenario-1'));
  keeper.leave('scenario-1');
  t.false(keeper.keeps('scenario-1'));
  t.is(timers.size, 0);
});

test('a scenario without a lease is not renewed', (t) => {
  const { keeper, timers } = makeKeeper();
  keeper.keep({ id: 'scenario-1', lease: null });
  t.false(keeper.keeps('scenario-1'));
  t.is(timers.size, 0);
});

test('a scenario that has ended is renewed no longer', async (t) => {
  const { keeper, timers, pass } = makeKeeper(() => Promise.reject(new RequestError(404, 'scenario not found')));
  keeper.keep({ id: 'scenario-1', lease: 9000 });
  await pass();
  t.is(timers.size, 0);
});

test('a renewal without an answer is repeated', async (t) => {
  const { keeper, asked, pass } = makeKeeper(() => Promise.reject(new RequestError(null, 'no answer')));
  keeper.keep({ id: 'scenario-1', lease: 9000 });
  await pass();
  await pass();
  t.is(asked.length, 2);
});
