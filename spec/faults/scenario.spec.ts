import test from 'ava';
import fc from 'fast-check';
import { ConfigError } from '../../lib/errors.js';
import { parseScenario, readScenarioText } from '../../lib/faults/read-scenario.js';
import { planAt, progressAt } from '../../lib/faults/scenario.js';

const parse = (input: unknown) => parseScenario(input, { proxy: 'amqp' });
const YAML = `
steps:
  - {type: latency, attributes: {latency: 100ms}, until: 2s}
  - {type: amqp_close, attributes: {at: running, code: 320}, after: 1s, until: 3s}
repeat: 2
lease: 30s
`;

test('YAML and JSON files are parsed', (t) => {
  const scenario = readScenarioText(YAML, 'a.yaml', { proxy: 'amqp' });
  t.like(scenario, { repeat: 2, lease: 30_000 });
  t.like(scenario.steps[1], { after: 1000, until: 3000, fault: { type: 'amqp_close', attributes: { code: 320 } } });
  const json = JSON.stringify({ steps: [{ type: 'noop' }] });
  t.deepEqual(readScenarioText(json, 'a.json', { proxy: 'amqp' }), parse({ steps: [{ type: 'noop' }] }));
});

test('a problem in a file is reported with its line and column', (t) => {
  t.throws(
    () =>
      readScenarioText('steps:\n  - type: latency\n    attributes: {latency: -1}\n    untl: 3s\n', 'a.yaml', {
        proxy: 'amqp',
      }),
    {
      message: [
        'a.yaml:2:5: steps[0] has an unknown key "untl" (did you mean "until"?)',
        'a.yaml:3:27: steps[0].attributes.latency must be at least 0, not "-1"',
      ].join('\n'),
    },
  );
});

for (const [what, input, message] of [
  ['a list', [], 'a scenario must be a map, not a list'],
  ['no steps', {}, 'steps must be a list of 1 to 1000 steps, not undefined'],
  ['a step that is not a map', { steps: [7] }, 'steps[0] must be a map, not 7'],
  [
    'an unknown key',
    { steps: [{ type: 'noop' }], leese: 1 },
    'a scenario has an unknown key "leese" (did you mean "lease"?)',
  ],
  [
    'a lease that cannot be converted to text',
    { steps: [{ type: 'noop' }], lease: { toString: 1.5 } },
    'lease must be a duration with a unit, such as 250ms, 10s or 2m, not a map',
  ],
  [
    'a time that cannot be converted to text',
    { steps: [{ type: 'noop', after: { toString: 1.5 } }] },
    'steps[0].after must be a duration with a unit, such as 250ms, 10s or 2m, not a map',
  ],
  ['a lease of 0', { steps: [{ type: 'noop' }], lease: 0 }, 'lease must be more than 0, not 0'],
  [
    'until before after',
    { steps: [{ type: 'noop', after: 2, until: 1 }] },
    'steps[0].until must be later than after, which is 2 ms',
  ],
  [
    'a repeat of 0',
    { steps: [{ type: 'noop', until: 1 }], repeat: 0 },
    'repeat must be true, false, or a number of rounds, not 0',
  ],
  [
    'a repeated step without until',
    { steps: [{ type: 'noop' }], repeat: true },
    'steps[0] must have until, because the scenario repeats',
  ],
  [
    'two active steps with the same name',
    {
      steps: [
        { type: 'noop', until: 10 },
        { type: 'noop', after: 9 },
      ],
    },
    'steps[1] must have a name other than "noop_downstream", which is active at the same time',
  ],
  [
    'bad healthChecks',
    { steps: [{ healthChecks: 'off' }] },
    'steps[0].healthChecks must be one of local, forward, fail, or a list of rules, not "off"',
  ],
  [
    'healthChecks with the key of a fault',
    { steps: [{ healthChecks: 'fail', times: 2 }] },
    'steps[0] has an unknown key "times"',
  ],
  ['healthChecks of no proxy', { steps: [{ healthChecks: 'fail', proxy: 7 }] }, 'steps[0].proxy must be text, not 7'],
  [
    'healthChecks of one proxy twice at the same time',
    { steps: [{ healthChecks: 'fail' }, { healthChecks: 'local', after: 5 }] },
    'steps[1] must not set healthChecks of proxy "amqp" while another step does',
  ],
  ['a bad fault', { steps: [{ type: 'noop', toxicity: 2 }] }, 'steps[0].toxicity must be a number from 0 to 1, not 2'],
] as const) {
  test(`${what} is rejected, with key, rule and value`, (t) => {
    t.throws(() => parse(input), { instanceOf: ConfigError, message });
  });
}

test('the plan has the active steps and the time when they change', (t) => {
  const scenario = readScenarioText(YAML, 'a.yaml', { proxy: 'amqp' });
  const steps: unknown[] = [];
  for (let at: number | null = 0; at !== null; ) {
    const plan = planAt(scenario, at);
    steps.push([at, plan.round, plan.active, plan.isOver]);
    at = plan.changesAt;
  }
  t.deepEqual(steps, [
    [0, 0, [0], false],
    [1000, 0, [0, 1], false],
    [2000, 0, [1], false],
    [3000, 1, [0], false],
    [4000, 1, [0, 1], false],
    [5000, 1, [1], false],
    [6000, 1, [], true],
  ]);
});

test('a step without until stays active, and the scenario never ends', (t) => {
  const scenario = parse({ steps: [{ type: 'noop', after: 5 }] });
  t.deepEqual(planAt(scenario, 0), { active: [], round: 0, changesAt: 5, isOver: false });
  t.deepEqual(planAt(scenario, 1e9), { active: [0], round: 0, changesAt: null, isOver: false });
});

test('a scenario that repeats forever never ends', (t) => {
  const scenario = parse({ steps: [{ type: 'noop', after: 1, until: 3 }], repeat: true });
  t.deepEqual(planAt(scenario, 3 * 1000 + 1), { active: [0], round: 1000, changesAt: 3003, isOver: false });
});

test('the plan does not change before changesAt', (t) => {
  const step = fc.record({ after: fc.nat(20), length: fc.integer({ min: 1, max: 20 }) });
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(150),
        (steps, repeat, at) => {
          const scenario = parse({
            repeat,
            steps: steps.map(({ after, length }, nth) => ({
              type: 'noop',
              name: `${nth}`,
              after,
              until: after + length,
            })),
          });
          const plan = planAt(scenario, at);
          const next = plan.changesAt ?? at + 50;
          for (let time = at; time < next; time++) t.deepEqual(planAt(scenario, time).active, plan.active);
          t.is(plan.isOver, plan.changesAt === null);
        },
      ),
    ),
  );
});

test('progress has the round, the time left and the state of each step in its round', (t) => {
  const scenario = parse({
    repeat: 2,
    steps: [
      { type: 'noop', name: 'a', until: 10 },
      { type: 'noop', name: 'b', after: 5, until: 20 },
    ],
  });
  const at = (elapsed: number) => {
    const { round, rounds, left, steps } = progressAt(scenario, elapsed);
    return [round, rounds, left, steps.join(' ')];
  };
  t.deepEqual(at(0), [1, 2, 40, 'active waiting']);
  t.deepEqual(at(5), [1, 2, 35, 'active active']);
  t.deepEqual(at(19), [1, 2, 21, 'over active']);
  t.deepEqual(at(20), [2, 2, 20, 'active waiting']);
  t.deepEqual(at(39), [2, 2, 1, 'over active']);
  t.deepEqual(at(40), [2, 2, 0, 'over over']);
});

test('a scenario that is never over has no time left', (t) => {
  const open = parse({ steps: [{ type: 'noop', after: 5 }] });
  t.deepEqual(progressAt(open, 7), { round: 1, rounds: 1, left: null, steps: ['active'] });
  const endless = parse({ repeat: true, steps: [{ type: 'noop', until: 5 }] });
  t.deepEqual(progressAt(endless, 17), { round: 4, rounds: null, left: null, steps: ['active'] });
});
