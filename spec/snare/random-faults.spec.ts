import test from 'ava';
import fc from 'fast-check';
import { notesOf } from '../../lib/faults/attribute.js';
import type { FaultInput } from '../../lib/faults/fault.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { CONDITIONS } from '../../lib/faults/when.js';
import { ConfigError, createSnare } from '../../lib/index.js';
import { openAmqp } from '../support/amqp-wire.js';
import { within } from '../support/within.js';

const COMBINATIONS = 300;

const anyWord = fc.constantFrom(
  'accept',
  'header',
  'start',
  'tune',
  'open',
  'running',
  'rst',
  'fin',
  'resume',
  'stall',
  'x',
);
const anyValue = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 60 }) },
  anyWord,
  fc.constantFrom(null, true, -1, 1e9, '5ms', 'AMQP', '414d', 403, 320, {}),
);

/** Attributes of a type: its words where it has words, anything else otherwise. */
const anyFault = fc
  .constantFrom(...FAULT_TYPES.filter(({ acts }) => acts !== 'listener'))
  .chain(({ name, attributes }) =>
    fc.record({
      type: fc.constant(name),
      stream: fc.constantFrom('upstream', 'downstream'),
      toxicity: fc.constantFrom(1, 1, 0.5, 0),
      times: fc.constantFrom(null, 1, 2),
      when: fc.constantFrom({}, {}, { user: 'guest' }, { connection: '2-' }, { after: 5 }, { until: 20 }),
      attributes: fc.record(
        Object.fromEntries(
          Object.entries(attributes).map(([key, schema]) => {
            const words = notesOf(schema)['enum'] as readonly string[] | undefined;
            return [key, words === undefined ? anyValue : fc.constantFrom(...words)];
          }),
        ),
        { requiredKeys: [] },
      ),
    }),
  );

test(`${COMBINATIONS} random combinations of faults crash nothing, and leave nothing`, async (t) => {
  t.true(Object.keys(CONDITIONS).length > 0);
  let taken = 0;
  const combinations = fc.sample(fc.array(anyFault, { minLength: 1, maxLength: 4 }), {
    seed: 7,
    numRuns: COMBINATIONS,
  });
  await using snare = await createSnare({ handshakeTimeout: 200 });
  for (const faults of combinations) {
    const added = await Promise.all(
      faults.map(async (fault, at) => {
        try {
          return await snare.faults.add({ ...fault, name: `random ${at}` } as unknown as FaultInput);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          return undefined;
        }
      }),
    );
    if (added.every((each) => each === undefined)) continue;
    taken += 1;
    const opened = Array.from({ length: 2 }, async () => {
      const amqp = await openAmqp(t, snare);
      return amqp;
    });
    const patience = new Promise<undefined>((resolve) => setTimeout(resolve, 25, undefined));
    const clients = await Promise.all(opened.map((each) => Promise.race([each.catch(() => undefined), patience])));
    clients[0]?.wire.rst();
    clients[1]?.wire.fin();
    await snare.faults.clear();
    for (const each of opened) void each.then(({ wire }) => wire.destroy()).catch(() => {});
  }
  t.true(taken > 100, `${taken} combinations were valid`);
  const none = async (): Promise<void> => {
    while (snare.connections().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await within(none(), () => `the end of ${JSON.stringify(snare.connections())}`, 40_000);
  t.is(snare.connections().length, 0);
});
