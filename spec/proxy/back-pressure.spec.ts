import test from 'ava';
import { pour, randomOctets, sha1, sip, stuff } from '../support/pour.js';
import { startRelaying } from '../support/relayed.js';

const MIB = 1024 * 1024;

test.serial('30 MB in each direction on four connections at once arrive unchanged at readers that pause', async (t) => {
  // These bytes never open a connection, so on a busy machine the deadline could pass before all of them arrive.
  const { proxy, connect } = await startRelaying(t, { handshakeTimeout: 600_000 });
  const length = 30_000_000;
  const carry = async (_: unknown, at: number) => {
    const { client, broker } = await connect();
    // The first 8 octets that the upstream received are the header.
    const ways = [
      { from: client, to: broker, before: 8 },
      { from: broker, to: client, before: 0 },
    ];
    const digests = await Promise.all(
      ways.map(async ({ from, to, before }, way) => {
        const octets = randomOctets(length, 70_001 * (2 * at + way));
        const all = before + length;
        const poured = pour(from, octets, 10_007 + 70_001 * ((at + way) % 4));
        await sip(to, all, 262_144 * (1 + ((at + way) % 3)));
        await poured;
        return [sha1(to.received.subarray(before)), sha1(octets)];
      }),
    );
    for (const [received, sent] of digests) t.is(received, sent);
    client.fin();
    broker.fin();
    t.deepEqual([await client.how(), await broker.how()], ['fin', 'fin']);
  };
  await Promise.all(Array.from({ length: 4 }, carry));
  for (let at = 0; at < 4; at++) {
    t.deepEqual((await proxy.nextReport()).octets, { received: length + 8, sent: length });
  }
});

for (const from of ['client', 'upstream'] as const) {
  test.serial(`a stopped reader stops the ${from}, and no bytes are lost when it resumes`, async (t) => {
    const { connect } = await startRelaying(t, { handshakeTimeout: 600_000 });
    const { client, broker } = await connect();
    const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
    const before = receiver.receivedLength;
    receiver.pause();
    const octets = await stuff(sender);
    t.true(octets.length < 40 * MIB, `${octets.length / MIB} MiB were accepted`);
    sender.fin();
    receiver.resume();
    t.is(await receiver.how(), 'fin');
    t.is(sha1(receiver.received.subarray(before)), sha1(octets));
  });

  test.serial(
    `a reset from the ${from} after bytes that wait for a stopped reader arrives when the reader resumes`,
    async (t) => {
      const { proxy, connect } = await startRelaying(t, { handshakeTimeout: 600_000 });
      const { client, broker } = await connect();
      const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
      const before = receiver.receivedLength;
      receiver.pause();
      const octets = await stuff(sender);
      sender.rst();
      receiver.resume();
      t.is(await receiver.how(), 'rst');
      const received = receiver.received.subarray(before);
      t.is(sha1(received), sha1(octets.subarray(0, received.length)), 'a prefix of the sent bytes');
      t.is((await proxy.nextReport()).ended.by, from);
    },
  );
}
