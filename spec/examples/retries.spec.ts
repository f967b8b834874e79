// An example test of your own client, with ava.
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from '../../lib/index.js';

test('the client retries after two broker restarts', async (t) => {
  await using snare = await createSnare();
  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 2 });
  const connection = await connectAtLast(snare.url);
  t.is(fault.seen.length, 2);
  t.is((await snare.nextReport()).connectionClose?.code, 320);
  await connection.close();
});

/** The client under test. */
async function connectAtLast(url: string): Promise<Awaited<ReturnType<typeof connect>>> {
  try {
    return await connect(url);
  } catch {
    return connectAtLast(url);
  }
}
