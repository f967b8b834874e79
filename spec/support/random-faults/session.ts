// Plays random combinations of faults and prints what remains (see `Left`). Arguments: the number of combinations for
// the warm-up and for the run, and `tls` if clients use TLS. Exits by itself unless a socket, a timer or a thread remains.
import { existsSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { FaultInput } from '../../../lib/faults/fault.js';
import { ConfigError, createSnare, type Snare } from '../../../lib/index.js';
import { collectGarbage } from '../garbage.js';
import { until } from '../rabbitmq/until.js';
import { pemPath } from '../secure-wire.js';
import { anyFault } from './any-fault.js';
import { HastyClient } from './hasty-client.js';

/** Counts, and what remained after the warm-up and at the end. */
export type Left = {
  /** The numbers of combinations with a valid fault, of hung ones, and of refused ones. */
  readonly taken: number;
  readonly hung: number;
  readonly refused: number;
  /** Connections reported in between, and connections still open. */
  readonly connections: number;
  readonly open: number;
  /** In bytes. */
  readonly heap: readonly [number, number];
  /** Null where the system does not say. */
  readonly descriptors: readonly [number, number] | null;
};

/** Time for a client to open its connection, in ms. */
const PATIENCE = 25;
/** Time for an ended connection to be gone, in ms: a fault can hold it for 10 s. */
const LAST = 20_000;
const DESCRIPTORS = '/proc/self/fd';

const [warmUp = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const hasTls = process.argv[4] === 'tls';
const combinations = fc.sample(fc.array(anyFault, { minLength: 1, maxLength: 4 }), {
  seed: 7,
  numRuns: warmUp + count,
});
let taken = 0;
let hung = 0;
let refused = 0;

const tls = { cert: pemPath('server'), key: pemPath('server-key') };
const snare = await createSnare({ handshakeTimeout: 200, ...(hasTls && { tls }) });
// Its libraries stay in memory.
if (hasTls) await play(snare, [{ type: 'tls_certificate' }]);
for (const faults of combinations.slice(0, warmUp)) await play(snare, faults);
const first = await left(snare);
const before = snare.reports().length;
for (const faults of combinations.slice(warmUp)) await play(snare, faults);
const last = await left(snare, first.descriptors);
const connections = snare.reports().length - before;
const open = snare.connections().length;
await snare.close();
const result: Left = {
  taken,
  hung,
  refused,
  connections,
  open,
  heap: [first.heap, last.heap],
  descriptors: existsSync(DESCRIPTORS) ? [first.descriptors, last.descriptors] : null,
};
console.log(JSON.stringify(result));

/** Runs two clients against a combination; one resets and one closes, before or after the faults are removed. */
async function play({ faults, host, port }: Snare, combination: readonly object[]): Promise<void> {
  const added = await Promise.all(
    combination.map(async (fault, at) => {
      try {
        return await faults.add({ ...fault, name: `random ${at}` } as FaultInput);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return undefined;
      }
    }),
  );
  if (added.every((each) => each === undefined)) return;
  taken += 1;
  if (added.some((each) => each?.fault.type === 'connect_hang')) hung += 1;
  if (added.some((each) => each?.fault.type === 'connect_refuse')) refused += 1;
  const target = { host, port, tls: hasTls };
  const clients = [new HastyClient(target), new HastyClient(target)] as const;
  const gone = Promise.all(clients.map((each) => each.gone));
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  clients[0].go('rst');
  clients[1].go('fin');
  await faults.clear();
  for (const each of clients) each.destroy();
}

/** Waits until all connections have ended and no more descriptors are open than before. */
async function left(snare: Snare, descriptors = Number.POSITIVE_INFINITY) {
  await until(() => snare.connections().length === 0, LAST);
  await until(() => countDescriptors() <= descriptors, LAST);
  collectGarbage();
  return { heap: process.memoryUsage().heapUsed, descriptors: countDescriptors() };
}

function countDescriptors(): number {
  return existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0;
}
