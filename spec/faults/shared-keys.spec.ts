import test from 'ava';
import { notesOf } from '../../lib/faults/attribute.js';
import type { FaultType } from '../../lib/faults/fault-type.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { sharedKeysOf } from '../../lib/faults/shared-keys.js';
import { CONDITIONS, type ConditionName } from '../../lib/faults/when.js';
import { completeWhen } from '../support/complete-when.js';
import { requiredAttributes } from '../support/required-attributes.js';

const types: readonly FaultType[] = FAULT_TYPES;
const VALUES: Readonly<Record<string, unknown>> = { toxicity: 0.5, times: 2, stream: 'upstream' };

for (const type of types) {
  const keys: readonly string[] = sharedKeysOf(type);
  const { at } = type.attributes;
  const moments: readonly unknown[] = at === undefined ? [] : [null, ...(notesOf(at)['enum'] as string[])];

  const isAccepted = (key: string): boolean => {
    const [example] = key in CONDITIONS ? CONDITIONS[key as keyof typeof CONDITIONS].examples : [];
    const own = example === undefined ? { [key]: VALUES[key] } : { when: completeWhen(key as ConditionName, example) };
    const required = requiredAttributes(type.attributes);
    return (moments.length > 0 ? moments.map((moment) => ({ ...required, at: moment })) : [required]).some(
      (attributes) => {
        try {
          parseFault({ type: type.name, attributes, ...own }, { proxy: 'amqp' });
          return true;
        } catch {
          return false;
        }
      },
    );
  };

  test(`${type.name} accepts its shared keys, and no other condition, toxicity or times`, (t) => {
    for (const key of ['toxicity', 'times', ...Object.keys(CONDITIONS)]) t.is(isAccepted(key), keys.includes(key), key);
  });

  if (type.acts !== 'handshake') continue;
  test(`${type.name} ${keys.includes('stream') ? 'reads' : 'does not read'} the direction of the fault`, (t) => {
    let isRead = false;
    const anything: unknown = new Proxy(() => {}, {
      get: (_, key) => {
        if (key === Symbol.toPrimitive) return () => '';
        if (key === 'stream') isRead = true;
        return anything;
      },
      apply: () => anything,
    });
    const { attributes } = parseFault(
      { type: type.name, attributes: requiredAttributes(type.attributes) },
      { proxy: 'amqp' },
    );
    try {
      type.act(attributes as never)(anything as never);
    } catch {
      // The stand-in for the connection has no octets. The direction is read first.
    }
    t.is(isRead, keys.includes('stream'));
  });
}
