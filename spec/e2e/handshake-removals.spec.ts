import test from 'ava';
import { METHOD_MOMENTS } from '../../lib/faults/handshake/attributes.js';
import { heardUntil, openBeside, recordTalk, type Talk, whole } from '../support/broker-talk.js';

const PLACES = ['before', 'middle', 'after'] as const;
/** In ms. */
const TIMEOUT = 100;

let talk: Talk;
test.before(async () => {
  talk = await recordTalk();
});

for (const at of ['accept', 'header', ...METHOD_MOMENTS] as const) {
  for (const place of at === 'accept' || at === 'header' ? (['before'] as const) : PLACES) {
    test(`amqp_stall at ${at}, ${place}, holds bytes back until it is removed; then all arrive in order`, async (t) => {
      const attributes = { at, place, timeout: 0 } as const;
      const { wire, fault, acted, closesWell } = await openBeside(t, talk, { type: 'amqp_stall', attributes });
      await acted();
      const heard = heardUntil(talk, at, place);
      await wire.octets(heard.length);
      t.deepEqual(wire.received, heard);
      await fault.remove();
      await closesWell(whole(talk));
    });
  }

  test(`amqp_stall at ${at} resumes after its timeout`, async (t) => {
    const began = performance.now();
    const attributes = { at, timeout: TIMEOUT, then: 'resume' } as const;
    const { closesWell } = await openBeside(t, talk, { type: 'amqp_stall', attributes });
    await closesWell(whole(talk));
    t.true(performance.now() - began >= TIMEOUT);
  });
}

for (const at of ['start', 'tune', 'running'] as const) {
  test(`a stalling amqp_truncate at ${at} passes the rest when it is removed`, async (t) => {
    const attributes = { at, octets: 9, then: 'stall' } as const;
    const { wire, fault, acted, closesWell } = await openBeside(t, talk, { type: 'amqp_truncate', attributes });
    await acted();
    const heard = heardUntil(talk, at, 'before').length + 9;
    await wire.octets(heard);
    t.deepEqual(wire.received, whole(talk).subarray(0, heard));
    await fault.remove();
    await closesWell(whole(talk));
  });
}
