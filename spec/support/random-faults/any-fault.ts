import fc from 'fast-check';
import { notesOf } from '../../../lib/faults/attribute.js';
import type { FaultType } from '../../../lib/faults/fault-type.js';
import { FAULT_TYPES } from '../../../lib/faults/registry.js';

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
  fc.constantFrom(null, true, -1, 1e9, '5ms', 'AMQP', '414d', 403, 320, {}, '0..60/20ms', {
    from: 60,
    to: 0,
    over: 20,
  }),
);
const anyTime = fc.constantFrom({}, {}, { after: 5 }, { until: 20 }, { every: 10, for: '1ms..5ms' });
const anyCondition = fc.oneof(
  anyTime,
  fc.constantFrom<{ user?: string; connection?: string }>({}, { user: 'guest' }, { connection: '2-' }),
);

const anyMessage = fc.constantFrom(
  {},
  {},
  { method: 'basic.*' },
  { queue: '*' },
  { exchange: 'amq.*' },
  { routing_key: '?' },
);

/** A fault of any type, valid or not. Attributes with fixed words use one of them; the others have any value. */
export const anyFault = fc.constantFrom(...(FAULT_TYPES as readonly FaultType[])).chain(({ name, acts, attributes }) =>
  fc.record({
    type: fc.constant(name),
    stream: fc.constantFrom('upstream', 'downstream'),
    // A listener fault accepts only conditions about time.
    toxicity: acts === 'listener' ? fc.constant(1) : fc.constantFrom(1, 1, 0.5, 0),
    times: acts === 'listener' ? fc.constant(null) : fc.constantFrom(null, 1, 2),
    when: acts === 'listener' ? anyTime : fc.oneof({ weight: 4, arbitrary: anyCondition }, anyMessage),
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
