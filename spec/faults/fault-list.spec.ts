import test from 'ava';
import { acceptanceOf, acceptDelayOf } from '../../lib/faults/accept/acceptance.js';
import type { Known } from '../../lib/faults/choice.js';
import { Decisions } from '../../lib/faults/decisions.js';
import { FaultList } from '../../lib/faults/fault-list.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { ManualClock } from '../support/manual-clock.js';

const fault = (input: object) => parseFault({ type: 'noop', proxy: 'amqp', ...input });
const known = (connection: number, moment: Known['moment'] = 'running'): Known => ({
  moment,
  connection,
  source: '127.0.0.1',
  header: null,
  product: null,
  user: 'app',
  vhost: null,
});

function open() {
  const clock = new ManualClock();
  const changes: string[][] = [];
  const state = { connections: 0 };
  const list = new FaultList({
    seed: 1,
    clock,
    connectionsOf: () => state.connections,
    changed: (proxies) => changes.push([...proxies]),
  });
  const active = () => list.active('amqp').map(({ id }) => id);
  return { list, clock, changes, state, active };
}

test('faults are active in the order in which they were added, each on its own proxy', (t) => {
  const { list, changes, active } = open();
  list.add([fault({ name: 'b' }), fault({ name: 'a' })]);
  list.add([fault({ name: 'a', proxy: 'other' })]);
  t.deepEqual(active(), ['amqp/b', 'amqp/a']);
  t.deepEqual(changes, [['amqp'], ['other']]);
  t.is(list.get('other/a')?.fault.name, 'a');
});

test('if one name already exists, none of several faults is added', (t) => {
  const { list, changes } = open();
  list.add([fault({ name: 'a' })]);
  t.throws(() => list.add([fault({ name: 'b' }), fault({ name: 'a', stream: 'upstream' })]), {
    message: 'fault "amqp/a" already exists',
  });
  t.throws(() => list.add([fault({ name: 'c' }), fault({ name: 'c' })]));
  t.is(list.all.length, 1);
  t.is(changes.length, 1);
});

test('at most 1000 faults can be added', (t) => {
  const { list } = open();
  const many = Array.from({ length: 1001 }, (_, nth) => fault({ name: `f${nth}` }));
  t.throws(() => list.add(many), { message: 'there must be at most 1000 faults, not 1001' });
});

test('changes and removals are reported, except those without effect', (t) => {
  const { list, changes } = open();
  list.add([fault({ name: 'a', type: 'latency' })]);
  t.is(list.change('amqp/a', { attributes: { latency: 5 } })?.fault.attributes['latency'], 5);
  t.is(list.change('amqp/x', {}), undefined);
  t.throws(() => list.change('amqp/a', { toxicity: 2 }));
  t.true(list.remove('amqp/a'));
  t.false(list.remove('amqp/a'));
  t.deepEqual(changes, [['amqp'], ['amqp'], ['amqp']]);
});

test('a fault starts at `after` and ends at `until` without further calls', (t) => {
  const { list, clock, changes, active } = open();
  list.add([fault({ when: { after: 100, until: 200 } })]);
  t.deepEqual([active(), changes], [[], []]);
  clock.advance(100);
  t.deepEqual([active(), changes.length], [['amqp/noop_downstream'], 1]);
  clock.advance(100);
  t.deepEqual([active(), changes.length], [[], 2]);
  t.is(clock.timers, 0);
  list.add([fault({ name: 'x', when: { after: 100 } })]);
  list.dispose();
  t.is(clock.timers, 0);
});

test('a fault that is switched off is not active, and keeps its place, its hits and its attributes', (t) => {
  const { list, changes, active } = open();
  list.add([fault({ name: 'a', times: 2 }), fault({ name: 'b' })]);
  const [first] = list.all;
  if (!first) return t.fail();
  new Decisions(list).decide(first, known(1));
  const { fault: data } = first;
  t.is(list.change('amqp/a', { enabled: false }), first);
  t.deepEqual([active(), first.enabled, first.hits], [['amqp/b'], false, 1]);
  t.deepEqual(
    list.all.map(({ id }) => id),
    ['amqp/a', 'amqp/b'],
  );
  list.change('amqp/a', { enabled: 'true' });
  t.deepEqual([active(), first.enabled, first.hits], [['amqp/a', 'amqp/b'], true, 1]);
  t.is(first.fault, data, 'only a changed fault acts again on a connection');
  t.deepEqual(changes, [['amqp'], ['amqp'], ['amqp']]);
});

test('a fault can be changed while it is off, and its time goes on', (t) => {
  const { list, clock, active } = open();
  list.add([fault({ name: 'a', when: { until: 200 } })]);
  list.change('amqp/a', { enabled: false, toxicity: 0.5 });
  t.like(list.get('amqp/a'), { enabled: false, fault: { toxicity: 0.5 } });
  clock.advance(100);
  t.deepEqual(active(), []);
  list.change('amqp/a', { enabled: true });
  t.deepEqual(active(), ['amqp/a']);
  clock.advance(100);
  t.deepEqual(active(), []);
});

test('a change with a wrong value changes nothing', (t) => {
  const { list } = open();
  list.add([fault({ name: 'a' })]);
  for (const enabled of [null, 0, 'off', {}])
    t.throws(() => list.change('amqp/a', { enabled, toxicity: 0.5 }), {
      message: /^enabled must be true or false, not /,
    });
  t.throws(() => list.change('amqp/a', { enabled: false, toxicity: 2 }), { message: /^toxicity / });
  t.like(list.get('amqp/a'), { enabled: true, fault: { toxicity: 1 } });
});

test('a connection on which a fault acted is not another hit when the fault is switched off and on', (t) => {
  const { list } = open();
  const [live] = list.add([fault({ times: 1 })]);
  if (!live) return t.fail();
  const decisions = new Decisions(list);
  t.is(decisions.decide(live, known(1)), 'acts');
  list.change(live.id, { enabled: false });
  list.change(live.id, { enabled: true });
  t.deepEqual([decisions.decide(live, known(1)), live.hits], ['acts', 1]);
  t.is(new Decisions(list).decide(live, known(2)), 'never', 'spent');
});

test('a fault with a lifetime is removed when it is over, also one that is switched off or changed', (t) => {
  const { list, clock, changes, active } = open();
  list.add([fault({ name: 'a' }), fault({ name: 'b' })], 200);
  list.add([fault({ name: 'stays' })]);
  const removed: string[] = [];
  list.follow(({ action, live }) => action === 'removed' && removed.push(live.id));
  list.change('amqp/a', { enabled: false });
  list.change('amqp/b', { times: 2 });
  clock.advance(199);
  t.deepEqual([active(), removed], [['amqp/b', 'amqp/stays'], []]);
  const before = changes.length;
  clock.advance(1);
  t.deepEqual([active(), removed], [['amqp/stays'], ['amqp/a', 'amqp/b']]);
  t.is(changes.length, before + 1, 'both in one change');
  t.is(clock.timers, 0);
});

test('the end of a lifetime does not remove a later fault of the same name', (t) => {
  const { list, clock, active } = open();
  list.add([fault({ name: 'a' })], 100);
  list.remove('amqp/a');
  t.is(clock.timers, 0);
  list.add([fault({ name: 'a', when: { until: 150 } })], 200);
  clock.advance(150);
  t.deepEqual([active(), list.all.length], [[], 1]);
  clock.advance(50);
  t.is(list.all.length, 0);
});

test('a fault has the time at which it was added, and the scenario that added it', (t) => {
  const { list, clock } = open();
  clock.advance(500);
  const [direct] = list.add([fault({ name: 'a' })]);
  const [ofScenario] = list.replace(new Set(), [fault({ name: 'b' })], { scenario: 'scenario-1' });
  t.deepEqual([direct?.addedAtWall, direct?.scenario], [clock.wall(), null]);
  t.is(ofScenario?.scenario, 'scenario-1');
});

test('a fault is decided once for a connection, which counts as one hit', (t) => {
  const { list } = open();
  const [live] = list.add([fault({ times: 1, when: { user: 'app' } })]);
  if (!live) return t.fail();
  const [first, second] = [new Decisions(list), new Decisions(list)];
  t.is(first.decide(live, known(1, 'accept')), 'later');
  t.deepEqual([first.decide(live, known(1)), first.decide(live, known(1)), live.hits], ['acts', 'acts', 1]);
  t.is(second.decide(live, known(2)), 'never');
});

test('a changed toxicity is compared with the same number, and acting again on a connection is not another hit', (t) => {
  const { list } = open();
  const [live] = list.add([fault({ times: 1 })]);
  if (!live) return t.fail();
  const decisions = new Decisions(list);
  const decide = (change: object) => {
    list.change(live.id, change);
    return decisions.decide(live, known(1));
  };
  t.is(decisions.decide(live, known(1)), 'acts');
  t.deepEqual([decide({ toxicity: 0 }), decide({ toxicity: 0 }), decide({ toxicity: 1 })], ['never', 'never', 'acts']);
  t.deepEqual([decide({ when: { user: 'other' } }), decide({ when: { user: 'app' } })], ['never', 'acts']);
  t.is(live.hits, 1);
  t.is(decisions.explained.length, 5);
  t.is(new Decisions(list).decide(live, known(2)), 'never', 'spent');
});

test('connections and hits are counted from when the fault was added, and from 0 when it is added again', (t) => {
  const { list, state } = open();
  state.connections = 10;
  const input = fault({ when: { connection: '1' }, times: 1 });
  const decide = () => list.all.map((live) => new Decisions(list).decide(live, known(11)));
  list.add([input]);
  t.deepEqual([decide(), decide()], [['acts'], ['never']]);
  list.replace(new Set(['amqp/noop_downstream']), [input]);
  t.deepEqual(decide(), ['acts']);
});

test('the first listener fault wins, and accept delays add up', (t) => {
  const faults = (...types: string[]) => types.map((type, nth) => fault({ type, name: `f${nth}` }));
  t.is(acceptanceOf(faults('noop')), 'accept');
  t.is(acceptanceOf(faults('noop', 'connect_hang', 'connect_refuse')), 'hang');
  t.is(acceptanceOf(faults('connect_refuse', 'connect_hang')), 'refuse');
  const delay = { type: 'connect_delay', attributes: { delay: '1s' } };
  t.is(acceptDelayOf([fault(delay), fault({ ...delay, name: 'x' }), fault({})]), 2000);
});

test('followers of the list are called after each change', (t) => {
  const { list } = open();
  const told: string[] = [];
  list.follow(({ action, live }) => told.push(`${action} ${live.id} ${list.get(live.id) === live}`));
  list.add([fault({ name: 'a' }), fault({ name: 'b' })]);
  list.change('amqp/a', { toxicity: 0.5 });
  list.replace(new Set(['amqp/a']), [fault({ name: 'c' })]);
  t.throws(() => list.add([fault({ name: 'c' })]));
  t.deepEqual(told, [
    'added amqp/a true',
    'added amqp/b true',
    'changed amqp/a true',
    'removed amqp/a false',
    'added amqp/c true',
  ]);
});

test('a fault that is added again and again is explained 100 times, and the rest is counted', (t) => {
  const { list } = open();
  const decisions = new Decisions(list);
  for (let round = 0; round < 3000; round++) {
    const [live] = list.add([fault({})]);
    if (!live) return t.fail();
    t.is(decisions.decide(live, known(1)), 'acts');
    list.remove(live.id);
  }
  t.is(decisions.explained.length, 100);
  t.is(decisions.omitted, 2900);
});
