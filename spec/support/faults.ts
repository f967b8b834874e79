import type { ExecutionContext } from 'ava';
import { systemClock } from '../../lib/clock.js';
import type { FaultInput } from '../../lib/faults/fault.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import type { ProxyOptions } from './proxy.js';
import { type Relaying, startRelaying } from './relayed.js';

/** A proxy in front of a fake broker, with faults that can be added and removed. */
export interface Faulty extends Relaying {
  readonly faults: Faults;
  /** @returns their ids */
  add(...inputs: readonly FaultInput[]): readonly string[];
}

/** @param first the faults at the start */
export async function startFaulty(
  t: ExecutionContext,
  first: readonly FaultInput[] = [],
  options: ProxyOptions = {},
): Promise<Faulty> {
  const faults = new Faults({ seed: 1, clock: options.clock ?? systemClock });
  t.teardown(() => faults.list.dispose());
  const add = (...inputs: readonly FaultInput[]) =>
    faults.list.add(inputs.map((input) => parseFault(input, { proxy: 'amqp' }))).map(({ id }) => id);
  add(...first);
  const relaying = await startRelaying(t, { ...options, faults });
  return { ...relaying, faults, add };
}
