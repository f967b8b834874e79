import test from 'ava';
import type { Left } from '../support/random-faults/session.js';
import { runToEnd } from '../support/run-to-end.js';

/**
 * Clients, how many combinations for the warm-up and for the run, and the maximum memory kept for each connection, in KiB. A report
 * takes 5 KiB; a leaked connection would take 20 KiB. Among the few connections with TLS, caches count as well.
 */
const RUNS = [
  { clients: 'plain', warmUp: 100, combinations: 300, most: 10 },
  { clients: 'tls', warmUp: 60, combinations: 90, most: 20 },
] as const;
/** Time limit in ms. */
const PATIENCE = 90_000;
// Runs in its own process: its descriptors can be counted, an uncaught error ends it, and it exits only if no socket,
// timer or thread is left.
for (const { clients, warmUp, combinations, most } of RUNS) {
  test(`${combinations} random combinations of faults with ${clients} clients neither crash nor leak connections, descriptors or memory`, async (t) => {
    t.timeout(PATIENCE + 5_000);
    const session = 'dist/spec/support/random-faults/session.js';
    const { code, stdout, stderr } = await runToEnd(
      process.execPath,
      [session, `${warmUp}`, `${combinations}`, clients],
      PATIENCE,
    );
    t.is(stderr, '');
    t.is(code, 0);
    const { taken, hung, refused, connections, open, heap, descriptors } = JSON.parse(stdout) as Left;
    t.log(
      `${taken} combinations, ${hung} with connect_hang, ${refused} with connect_refuse, ${connections} connections`,
    );
    const enough = combinations / 30;
    t.true(hung > enough && refused > enough, 'enough of them were valid');
    t.true(taken > (2 * combinations) / 3 && connections > combinations / 2, 'enough of them were valid');
    t.is(open, 0);
    if (descriptors !== null) t.true(descriptors[1] <= descriptors[0], `${descriptors.join(', then ')} descriptors`);
    const left = (heap[1] - heap[0]) / connections / 1024;
    t.true(left < most, `${left.toFixed(1)} KiB are left for each connection`);
  });
}
