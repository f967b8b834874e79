import test from 'ava';
import { acceptanceOf, acceptDelayOf } from '../../lib/faults/accept/acceptance.js';
import type { Known } from '../../lib/faults/choice.js';
import { Decisions, FaultList } from '../../lib/faults/fault-list.js';
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
