import test from 'ava';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { Random } from '../conformance/random.js';
import { actsOnConnects, deal, TYPES, VARIANTS } from './deck.js';

test('every fault type of the registry has a variant', (t) => {
  t.deepEqual(TYPES.toSorted(), FAULT_TYPES.map(({ name }) => name).toSorted());
  t.true(TYPES.every((type) => VARIANTS[type].length > 0));
});

for (const type of TYPES) {
  test(`the variants of ${type} are valid faults`, (t) => {
    for (const [at, variant] of VARIANTS[type].entries()) {
      t.notThrows(
        () => parseFault({ type, name: `soak-${at}`, ...variant }, { proxy: 'amqp' }),
        JSON.stringify(variant),
      );
    }
  });
}

test('faults that act on the listener are those of the registry', (t) => {
  const listener = FAULT_TYPES.filter(({ acts }) => acts === 'listener').map(({ name }) => name);
  const cards = deal(new Random(1)).filter(actsOnConnects);
  t.deepEqual(cards.map(({ type }) => type).toSorted(), listener.toSorted());
});

test('a deal has each type once, and the seed determines it', (t) => {
  const of = (seed: number) => deal(new Random(seed));
  t.deepEqual(
    of(1)
      .map(({ type }) => type)
      .toSorted(),
    TYPES.toSorted(),
  );
  t.deepEqual(of(1), of(1));
  t.notDeepEqual(of(1), of(2));
});

test('no variant drops basic.publish', (t) => {
  t.false(
    VARIANTS.amqp_hold.some(({ attributes: { method, action } }) => method === 'basic.publish' && action === 'drop'),
  );
});
