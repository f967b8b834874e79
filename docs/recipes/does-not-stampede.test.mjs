// npm i -D rabbit-snare amqplib ava && npx ava does-not-stampede.test.mjs
// All connections of a pool end at once, as when the broker restarts. Finds: clients that all reconnect at the same
// moment, because they retry immediately or after the same delay. No broker is needed: the proxy has a stand-in.
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from 'rabbit-snare';

const POOL = 20;

/** The client under test: replace it with yours. It reconnects after 0 to 4 s; amqplib's default is 80 to 120 ms. */
async function connectClient(url) {
  const connection = await connect(url, { recovery: { initialDelay: 2_000, jitter: 1 } });
  return connection.on('error', () => {});
}

test('my pool does not stampede after a restart', async (t) => {
  const snare = await createSnare();
  t.teardown(() => snare.close());
  const pool = await Promise.all(Array.from({ length: POOL }, () => connectClient(snare.url)));
  t.teardown(() => Promise.all(pool.map((client) => client.close())));
  const back = pool.map((client) => new Promise((resolve) => client.once('connect', resolve)));
  await snare.down();
  await snare.up();
  await Promise.all(back);
  const times = snare.connections().map(({ at }) => Date.parse(at));
  const within = (from) => times.filter((time) => time >= from && time < from + 500).length;
  const most = Math.max(...times.map(within));
  t.true(most < 0.7 * POOL, `${most} of ${POOL} clients reconnected within 500 ms`);
});
