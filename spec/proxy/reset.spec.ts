import test from 'ava';
import { startRelaying } from '../support/relayed.js';

const OCTETS = Buffer.alloc(3000, 'x');
const TIMES = 200;

for (const from of ['client', 'upstream'] as const) {
  test.serial(`a reset from the ${from} is relayed as a reset, ${TIMES} times out of ${TIMES}`, async (t) => {
    const { proxy, connect } = await startRelaying(t);
    const ends: string[] = [];
    for (let at = 0; at < TIMES; at++) {
      const { client, broker } = await connect();
      const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
      sender.rst();
      ends.push(await receiver.how());
      const { ended, reason } = await proxy.nextReport();
      t.deepEqual(
        ended,
        from === 'client'
          ? { by: 'client', clientSent: 'rst', clientSaw: null, upstreamSent: null, upstreamSaw: 'rst' }
          : { by: 'upstream', clientSent: null, clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: null },
      );
      t.is(reason.name, from === 'client' ? 'connection_closed_abruptly' : 'upstream_closed');
    }
    t.deepEqual(new Set(ends), new Set(['rst']));
  });

  test.serial(
    `a paused reader receives all 3000 bytes before the ${from}'s reset, and then the reset, ${TIMES} times out of ${TIMES}`,
    async (t) => {
      const { proxy, connect } = await startRelaying(t);
      const seen: string[] = [];
      for (let at = 0; at < TIMES; at++) {
        const { client, broker } = await connect();
        const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
        const before = receiver.receivedLength;
        receiver.pause();
        await sender.send(OCTETS);
        sender.rst();
        const { ended } = await proxy.nextReport();
        receiver.resume();
        seen.push(
          `${await receiver.how()} after ${receiver.receivedLength - before}, ${ended.by} ${ended.clientSent ?? ended.upstreamSent}`,
        );
      }
      t.deepEqual(new Set(seen), new Set([`rst after 3000, ${from} rst`]));
    },
  );

  test.serial(
    `bytes and a reset from the ${from} after the other side’s FIN are relayed as bytes and a reset`,
    async (t) => {
      const { proxy, connect } = await startRelaying(t);
      const seen: string[] = [];
      for (let at = 0; at < TIMES; at++) {
        const { client, broker } = await connect();
        const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
        const before = receiver.receivedLength;
        receiver.fin();
        await sender.how();
        await sender.send(OCTETS);
        sender.rst();
        seen.push(`${await receiver.how()} after ${receiver.receivedLength - before}`);
        await proxy.nextReport();
      }
      t.deepEqual(new Set(seen), new Set(['rst after 3000']));
    },
  );

  test.serial(`a reset from the ${from} after its FIN is relayed as soon as the other side sends`, async (t) => {
    const { proxy, connect } = await startRelaying(t);
    for (let at = 0; at < 20; at++) {
      const { client, broker } = await connect();
      const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
      sender.fin();
      t.is(await receiver.how(), 'fin');
      sender.rst();
      // A reset after a FIN is only noticed on a write.
      let isReset = false;
      void receiver.reset.then(() => {
        isReset = true;
      });
      while (!isReset) {
        await receiver.send('x');
        await new Promise(setImmediate);
      }
      const { ended } = await proxy.nextReport();
      t.is(ended.by, from);
      t.is(from === 'client' ? ended.clientSent : ended.upstreamSent, 'fin');
    }
  });
}
