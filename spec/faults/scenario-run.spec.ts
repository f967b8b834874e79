import test from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import { parseScenario } from '../../lib/faults/read-scenario.js';
import type { ScenarioInput } from '../../lib/faults/scenario.js';
import { ScenarioRun } from '../../lib/faults/scenario-run.js';
import { ManualClock } from '../support/manual-clock.js';

function begin(input: ScenarioInput) {
  const clock = new ManualClock();
  const faults = new Faults({ seed: 1, clock });
  const { list } = faults;
  const problems: string[] = [];
  const ends: string[] = [];
  const run = () =>
    new ScenarioRun(parseScenario(input, { proxy: 'amqp' }), {
      faults,
      clock,
      ended: ({ because, problem }) => {
        ends.push(because);
        if (problem !== null) problems.push(problem);
      },
    });
  const answering = () => faults.of('amqp').answering.current;
  return {
    clock,
    list,
    problems,
    ends,
    run,
    answering,
    names: () => list.all.map(({ fault }) => fault.name).join(' '),
  };
}

const step = (name: string, more: object = {}) => ({ type: 'noop', name, ...more });

test('steps start and end in each round, and no fault is left at the end', (t) => {
  const { clock, run, names, ends } = begin({
    repeat: 2,
    steps: [step('a', { until: 10 }), step('b', { after: 5, until: 20 })],
  });
  const going = run();
  t.is(names(), 'a');
  clock.advance(5);
  t.is(names(), 'a b');
  clock.advance(5);
  t.is(names(), 'b');
  clock.advance(10);
  t.is(names(), 'a');
  clock.advance(5);
  t.is(names(), 'a b');
  clock.advance(5);
  clock.advance(10);
  t.is(names(), '');
  t.true(going.isOver);
  t.deepEqual(ends, ['finished']);
  t.is(clock.timers, 0);
});

test('a scenario runs as long as its lease is renewed, and removes its faults when the lease expires', (t) => {
  const { clock, run, names, ends } = begin({ lease: 10, steps: [step('a')] });
  const going = run();
  clock.advance(9);
  t.is(going.leaseLeft, 1);
  going.renew();
  t.deepEqual([going.leaseLeft, going.elapsed], [10, 9]);
  clock.advance(9);
  t.is(names(), 'a');
  clock.advance(1);
  t.is(names(), '');
  t.deepEqual(ends, ['lease expired']);
  t.is(clock.timers, 0);
});

test('a scenario whose first faults cannot be added changes nothing', (t) => {
  const { list, run, names } = begin({ steps: [step('a'), step('b')] });
  list.add([parseFault(step('b'), { proxy: 'amqp' })]);
  t.throws(run, { instanceOf: ConfigError, message: 'fault "amqp/b" already exists' });
  t.is(names(), 'b');
});

test('a scenario that cannot continue removes its faults and reports the problem', (t) => {
  const { clock, list, problems, ends, run, names } = begin({ steps: [step('a'), step('b', { after: 5 })] });
  const going = run();
  list.add([parseFault(step('b'), { proxy: 'amqp' })]);
  clock.advance(5);
  t.true(going.isOver);
  t.is(names(), 'b');
  t.deepEqual([problems, ends], [['fault "amqp/b" already exists'], ['failed']]);
});

test('a scenario continues if one of its faults is removed by another caller', (t) => {
  const { list, run, names, ends } = begin({ steps: [step('a'), step('b')] });
  const going = run();
  list.remove('amqp/a');
  t.deepEqual(ends, []);
  going.stop();
  going.stop();
  t.is(names(), '');
  t.deepEqual(ends, ['stopped']);
});

test('a step that sets healthChecks begins and ends in each round, like a fault', (t) => {
  const { clock, run, answering, names } = begin({
    repeat: 2,
    steps: [
      { healthChecks: 'fail', until: 5 },
      { healthChecks: 'forward', after: 5, until: 10 },
      step('a', { after: 5, until: 20 }),
    ],
  });
  run();
  for (let round = 0; round < 2; round++) {
    t.truthy(answering());
    clock.advance(5);
    t.is(answering(), null);
    t.is(names(), 'a');
    clock.advance(5);
    t.is(answering(), undefined);
    clock.advance(10);
  }
  t.is(answering(), undefined);
  t.is(names(), '');
});

test('a scenario that is stopped undoes its healthChecks, and leaves those of another one', (t) => {
  const { run, answering } = begin({ steps: [{ healthChecks: 'fail' }] });
  const [first, second] = [run(), run()];
  const last = answering();
  first.stop();
  t.is(answering(), last);
  second.stop();
  t.is(answering(), undefined);
});

test('healthChecks are not put in place if the faults of the same time cannot be added', (t) => {
  const { run, answering, list } = begin({ steps: [{ healthChecks: 'fail' }, step('a')] });
  list.add([parseFault(step('a'), { proxy: 'amqp' })]);
  t.throws(run, { instanceOf: ConfigError });
  t.is(answering(), undefined);
});
