import test from 'ava';
import type { Report } from '../../lib/report/report.js';
import { until } from '../support/rabbitmq/until.js';
import { LONG_MS, WAITS, type Wait, type Waiting } from '../support/waits.js';

/** What a spec's clock moves at a time, in ms, while a limit of the proxy may have to pass. */
const STRIDE = 5_000;

type End = {
  readonly what: string;
  /** @returns false if a connection in this state cannot end this way */
  readonly end: (waiting: Waiting, wait: Wait) => unknown;
  /** Whether a limit of the proxy may have to pass first. All limits are far below the time that the state lasts. */
  readonly takesTime?: (wait: Wait) => boolean;
  readonly like: (wait: Wait) => object;
};

/** Which of two ends arrives first is a race. */
const ANY = { proxy: 'amqp' };

const stopped = (clientSaw: 'fin' | 'rst') => () => ({
  reason: { name: 'shutdown' },
  ended: { by: 'proxy', clientSaw },
});
const idOf = ({ proxy }: Waiting) => proxy.proxy.openConnections()[0]?.id ?? '';
const byClient = ({ reason = 'connection_closed_abruptly' }: Wait, clientSent: 'fin' | 'rst') => ({
  reason: { name: reason },
  ended: { clientSent },
});

const ENDS: readonly End[] = [
  {
    what: 'a reset from the client',
    end: ({ client }) => client.rst(),
    takesTime: ({ held }) => held === 'up' || held === 'farewell',
    like: (wait) => byClient(wait, 'rst'),
  },
  {
    what: 'a FIN from the client',
    end: ({ client, clock, faults }, { held }) => {
      if (held === 'reader') return false;
      client.fin();
      // It waits for as long as the delay, or the fault, is configured to last.
      if (held === 'delay') clock.advance(LONG_MS);
      if (held === 'up') for (const { id } of faults.list.all) faults.list.remove(id);
      return true;
    },
    takesTime: ({ held }) => held !== undefined,
    like: ({ held }) => (held === 'up' || held === 'delay' ? ANY : { ended: { clientSent: 'fin' } }),
  },
  {
    what: 'a FIN and then a reset from the client',
    end: async ({ client, proxy }, { held }) => {
      if (held === 'reader') return false;
      client.fin();
      await until(() => proxy.reports.length > 0, 50);
      client.rst();
      return true;
    },
    takesTime: ({ held }) => held === 'up' || held === 'fault' || held === 'farewell',
    like: () => ANY,
  },
  {
    what: 'a reset from the upstream',
    end: ({ broker, client }, { held }) => {
      broker?.rst();
      // The fault keeps it from the client, which leaves by itself.
      if (broker && ['fault', 'farewell', 'down'].includes(held ?? '')) client.fin();
      return broker !== null;
    },
    takesTime: () => true,
    like: () => ({ ended: { upstreamSent: 'rst' } }),
  },
  {
    what: 'a FIN from the upstream, answered by the client',
    end: ({ broker, client }, { held }) => {
      if (broker === null || held === 'reader') return false;
      broker.fin();
      client.fin();
      return true;
    },
    takesTime: () => true,
    like: () => ({ ended: { upstreamSent: 'fin' } }),
  },
  {
    what: 'a request to reset it',
    end: (waiting) => waiting.proxy.proxy.end(idOf(waiting), 'rst'),
    like: stopped('rst'),
  },
  {
    what: 'a request to close it',
    end: (waiting) => waiting.proxy.proxy.end(idOf(waiting), 'fin'),
    like: stopped('fin'),
  },
  { what: 'a proxy that is disabled', end: ({ proxy }) => proxy.proxy.down(), like: stopped('fin') },
  {
    what: 'the end of the proxy',
    end: ({ proxy, clock }) => {
      void proxy.proxy.close(0);
      clock.advance(0);
    },
    like: stopped('rst'),
  },
];

/** @returns undefined if it does not end */
function isEnded({ proxy, clock }: Waiting, takesTime: boolean): Promise<Report | undefined> {
  return until(() => {
    if (takesTime) clock.advance(STRIDE);
    return proxy.reports[0];
  }, 15_000);
}

for (const wait of WAITS) {
  for (const mode of wait.modes) {
    // One state at a time, so that the spec is as quick as the ends and does not depend on the load that it causes.
    test.serial(`${mode}: every end ends a connection that waits for ${wait.what}`, async (t) => {
      const ends = ENDS.map(async ({ what, end, takesTime = () => false, like }) => {
        const waiting = await wait.reach(t, mode);
        if ((await end(waiting, wait)) === false) return;
        const report = await isEnded(waiting, takesTime(wait));
        if (report === undefined) t.fail(`${what} did not end it`);
        else t.like(report, like(wait), what);
        t.is(waiting.proxy.reports.length, 1, what);
        t.is(waiting.proxy.proxy.connections, 0, what);
        t.is(waiting.clock.timers, 0, `${what} left a timer`);
      });
      await Promise.all(ends);
    });
  }
}
