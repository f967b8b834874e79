import test from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import { parseScenario } from '../../lib/faults/read-scenario.js';
import { type ScenarioChanged, Scenarios } from '../../lib/running/scenarios.js';
import { ManualClock } from '../support/manual-clock.js';

const parse = (input: object) => parseScenario(input, { proxy: 'amqp' });

function open() {
  const clock = new ManualClock();
  const faults = new Faults({ seed: 1, clock });
  const changes: ScenarioChanged[] = [];
  const scenarios = new Scenarios({ faults, clock, changed: (change) => changes.push(change) });
  return { clock, faults, changes, scenarios };
}

test('the start and the end of each scenario are published', (t) => {
  const { clock, changes, scenarios, faults } = open();
  const { id } = scenarios.begin(parse({ steps: [{ type: 'noop', until: 5 }] }), 'brief');
  t.is(faults.list.all[0]?.scenario, id);
  const other = scenarios.begin(parse({ steps: [{ type: 'latency' }] }));
  t.deepEqual(
    scenarios.all.map(({ id: each, name }) => [each, name]),
    [
      ['scenario-1', 'brief'],
      ['scenario-2', null],
    ],
  );
  clock.advance(5);
  t.is(scenarios.get(id), undefined);
  other.run.stop();
  t.deepEqual(scenarios.all, []);
  const [one, two] = [
    { id: 'scenario-1', name: 'brief' },
    { id: 'scenario-2', name: null },
  ];
  t.deepEqual(changes, [
    { ...one, action: 'started' },
    { ...two, action: 'started' },
    { ...one, action: 'ended', because: 'finished', problem: null },
    { ...two, action: 'ended', because: 'stopped', problem: null },
  ]);
});

test('a scenario that cannot start is not published', (t) => {
  const { changes, scenarios } = open();
  const scenario = parse({ steps: [{ type: 'noop' }] });
  scenarios.begin(scenario);
  t.throws(() => scenarios.begin(scenario), { instanceOf: ConfigError });
  t.is(changes.length, 1);
  t.is(scenarios.all.length, 1);
});

test('at most 100 scenarios can run, and all of them can be stopped', (t) => {
  const { scenarios, faults } = open();
  const begin = (nth: number) => scenarios.begin(parse({ steps: [{ type: 'noop', name: `n${nth}` }] }));
  for (let nth = 0; nth < 100; nth++) begin(nth);
  t.throws(() => begin(100), { message: 'at most 100 scenarios can run at the same time' });
  scenarios.stop();
  t.deepEqual([scenarios.all, faults.list.all], [[], []]);
});
