import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { AcceptedPeer } from '../../../lib/proxy/peer/accepted-peer.js';
import type { PeerListener } from '../../../lib/proxy/peer/peer.js';
import { startServer } from '../../support/server.js';
import { within } from '../../support/within.js';

const MEBIBYTE = 1024 * 1024;

/** Sends octets to a peer, which gives them to `octets`. Resolves when the peer has seen the FIN. */
async function send(t: ExecutionContext, sent: Buffer, octets: (read: Uint8Array, peer: AcceptedPeer) => boolean) {
  const ended = new Promise<AcceptedPeer>((resolve) => {
    const accepted = (socket: Socket): void => {
      const listener: PeerListener = {
        octets: (read) => octets(read, peer),
        ended: () => resolve(peer),
        drained: () => {},
        closed: () => {},
      };
      const peer = new AcceptedPeer(socket, listener);
    };
    void startServer(t, accepted).then(({ host, port }) => {
      const client = connect({ host, port }).on('error', () => {});
      t.teardown(() => client.destroy());
      client.end(sent);
    });
  });
  return within(ended, 'the end of the client');
}

const hashOf = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

test('a peer that sends without a pause does not keep the event loop from others', async (t) => {
  const sent = Buffer.alloc(16 * MEBIBYTE, 'x');
  let inThisTurn = 0;
  let most = 0;
  const peer = await send(t, sent, (read) => {
    if (inThisTurn === 0) {
      setImmediate(() => {
        inThisTurn = 0;
      });
    }
    inThisTurn += read.length;
    most = Math.max(most, inThisTurn);
    return true;
  });
  t.is(peer.received, sent.length);
  t.true(most <= 320 * 1024, `${most} bytes in one turn`);
});

test('octets that are kept stay valid while others are read', async (t) => {
  const sent = Buffer.from(Array.from({ length: 4 * MEBIBYTE }, (_, at) => (at * 31 + (at >> 8)) % 251));
  const kept: Uint8Array[] = [];
  let turn = 0;
  const all = createHash('sha1');
  await send(t, sent, (read, peer) => {
    all.update(read);
    turn += 1;
    if (turn % 3 !== 0) {
      kept.push(new Uint8Array(read));
      return true;
    }
    kept.push(read);
    setImmediate(() => peer.resume());
    return false;
  });
  t.is(all.digest('hex'), hashOf(sent));
  t.is(hashOf(...kept), hashOf(sent));
});

test('a listener that resumes before it returns false is read on', async (t) => {
  const sent = Buffer.alloc(MEBIBYTE, 'x');
  const peer = await send(t, sent, (_, reading) => {
    reading.resume();
    return false;
  });
  t.is(peer.received, sent.length);
});

test('a peer that is held in a later turn is not read', async (t) => {
  const sent = Buffer.alloc(MEBIBYTE, 'x');
  let isHeld = false;
  let late = 0;
  const peer = await send(t, sent, (read, reading) => {
    if (isHeld) late += read.length;
    else if (reading.received > MEBIBYTE / 2) {
      isHeld = true;
      setImmediate(() => {
        late = 0;
        reading.hold();
        setTimeout(() => {
          t.is(late, 0);
          isHeld = false;
          reading.resume();
        }, 50);
      });
    }
    return true;
  });
  t.is(peer.received, sent.length);
});
