import test from 'ava';
import { scenarioView } from '../../lib/control/scenario-view.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import { parseScenario } from '../../lib/faults/read-scenario.js';
import { Scenarios } from '../../lib/running/scenarios.js';
import { ManualClock } from '../support/manual-clock.js';

test('a scenario is shown with its progress', (t) => {
  const clock = new ManualClock();
  const scenarios = new Scenarios({ faults: new Faults({ seed: 1, clock }), clock });
  const input = {
    repeat: 3,
    lease: '1m',
    steps: [
      { type: 'amqp_close', attributes: { at: 'running', code: 541 }, until: '1s' },
      { type: 'connect_refuse', after: '1s', until: '10s' },
      { healthChecks: [{ sources: ['10.0.0.0/8', '::1'], answer: 'fail' }], proxy: 'other', after: '2s', until: '3s' },
      { healthChecks: 'local', until: '500ms' },
    ],
  };
  const started = scenarios.begin(parseScenario(input, { proxy: 'amqp' }), 'restart');
  clock.advance(10_000);
  clock.advance(1_500);
  t.deepEqual(scenarioView(started), {
    id: 'scenario-1',
    name: 'restart',
    lease: 60_000,
    leaseLeftMs: 48_500,
    faults: ['amqp/connect_refuse_downstream'],
    elapsedMs: 11_500,
    leftMs: 18_500,
    round: 2,
    rounds: 3,
    steps: [
      { what: 'amqp_close at=running code=541', proxy: 'amqp', after: 0, until: 1_000, state: 'over' },
      { what: 'connect_refuse', proxy: 'amqp', after: 1_000, until: 10_000, state: 'active' },
      {
        what: 'healthChecks: fail for 10.0.0.0/8, ::1',
        proxy: 'other',
        after: 2_000,
        until: 3_000,
        state: 'waiting',
      },
      { what: 'healthChecks: local', proxy: 'amqp', after: 0, until: 500, state: 'over' },
    ],
  });
});
