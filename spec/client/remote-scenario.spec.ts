import test, { type ExecutionContext } from 'ava';
import { Control } from '../../lib/client/control.js';
import { RemoteScenario } from '../../lib/client/remote-scenario.js';
import { answer, fakeControl } from '../support/fake-control.js';
import { within } from '../support/within.js';

/** In ms. Long enough for renewals on a busy machine. */
const LEASE = 600;

/** A control API that answers renewals with `renew`, which receives the number of renewals so far. */
async function begin(t: ExecutionContext, renew: (count: number) => number) {
  const bodies: unknown[] = [];
  let count = 0;
  const url = await fakeControl(t, async (request, response) => {
    if (request.url === '/scenarios?name=a%20b') {
      bodies.push(JSON.parse((await request.toArray()).join('')));
      answer(response, 201, { id: 'scenario-1', lease: LEASE, faults: [] });
      return;
    }
    count += 1;
    const status = renew(count);
    if (status === 0) response.destroy();
    else answer(response, status, status === 200 ? { id: 'scenario-1', lease: LEASE, faults: [] } : { error: 'no' });
  });
  const steps = [{ type: 'noop' }, { type: 'noop', proxy: null }, { type: 'noop', proxy: 'other' }];
  const run = await RemoteScenario.begin({ steps }, new Control({ url }), { proxy: 'amqp', name: 'a b' });
  // The timers of a scenario do not keep the process alive.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  return { run, bodies, renewals: () => count };
}

test('steps without a proxy use the given one, and there is always a lease', async (t) => {
  const { run, bodies } = await begin(t, () => 404);
  t.like(bodies[0], { lease: '10s', steps: [{ proxy: 'amqp' }, { proxy: 'amqp' }, { proxy: 'other' }] });
  await within(run.over, 'the end of the scenario');
});

test('one failed renewal does not end a scenario; a scenario that no longer exists has ended', async (t) => {
  const { run, renewals } = await begin(t, (count) => ([200, 0, 200] as const)[count - 1] ?? 404);
  await within(run.over, 'the end of the scenario');
  t.is(renewals(), 4);
});

test('a scenario that could not be renewed for a whole lease is lost', async (t) => {
  const { run, renewals } = await begin(t, () => 503);
  await t.throwsAsync(within(run.over, 'the loss of the scenario'), { name: 'ControlError', message: 'no' });
  t.true(renewals() >= 2);
});
