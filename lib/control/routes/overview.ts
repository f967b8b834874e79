import * as z from 'zod';
import type { Stage } from '../../amqp/stage.js';
import type { Faults } from '../../faults/proxy-faults.js';
import type { Activity } from '../../report/activity.js';
import type { Limits } from '../../report/limits.js';
import type { Outputs } from '../../report/outputs.js';
import type { OpenNow } from '../../report/report.js';
import type { Proxies } from '../../running/proxies.js';
import type { ProxyState } from '../../running/proxy-state.js';
import { isoTime } from '../../text/iso-time.js';
import { version } from '../../version.js';
import { errorSchema } from '../error-schema.js';
import type { EventStream } from '../event-stream.js';
import type { Overview, ProxyOverview } from '../overview.js';
import { overviewSchema, proxyOverviewSchema } from '../overview-schema.js';
import { invalidBody, readBody } from '../read-body.js';
import type { Route } from '../route.js';
import { ToxiproxyProxies } from '../toxiproxy/proxies.js';

const change = z.strictObject({ enabled: z.boolean() }).meta({ id: 'ProxyOverviewChange' });

/** The routes of the overview, which the dashboard and `top` ask for again and again. */
export function overviewRoutes({
  proxies,
  faults,
  activity,
  outputs,
  limits,
  events,
}: {
  readonly proxies: Proxies;
  readonly faults: Faults;
  readonly activity: Activity;
  readonly outputs: () => Outputs;
  readonly limits: () => Limits;
  readonly events: EventStream;
}): Route[] {
  const all = new ToxiproxyProxies(proxies, faults);
  const overview = (): Overview => {
    const open = proxies.openNow();
    const { totals } = activity;
    return {
      at: new Date().toISOString(),
      startedAt: isoTime(activity.since),
      version,
      totals: { accepted: totals.ended + open.length, ...totals },
      open: countBy(open, ({ stage }) => stage) as { readonly [Name in Stage]?: number },
      ...activity.recent(open),
      proxies: viewsOf(proxies.states, open),
      outputs: outputs(),
      limits: limits(),
      eventClients: events.clients,
    };
  };
  return [
    {
      method: 'GET',
      path: '/overview',
      summary:
        'Returns what happens now: totals, open connections by stage, the last 15 minutes by reason, how far handshakes got, and the proxies.',
      answers: { 200: overviewSchema },
      handle: (context) => context.json(overview()),
    },
    {
      method: 'PATCH',
      path: '/overview/proxies/{proxy}',
      summary: 'Enables or disables a proxy, also for browsers.',
      body: change,
      answers: { 200: proxyOverviewSchema, 400: errorSchema, 404: errorSchema, 500: errorSchema },
      handle: async (context) => {
        const before = all.get(context.req.param('proxy') ?? '');
        const read = change.safeParse(await readBody(context));
        if (read.error) throw invalidBody(read.error);
        const after = await all.change(before, { ...NO_CHANGE, ...read.data });
        return context.json(viewsOf([after], proxies.openNow())[0]);
      },
    },
  ];
}

const NO_CHANGE = { name: undefined, listen: undefined, upstream: undefined, own: {} };

function viewsOf(states: readonly ProxyState[], open: readonly OpenNow[]): ProxyOverview[] {
  const counts = countBy(open, ({ proxy }) => proxy);
  return states.map(({ asked: _, ...state }) => ({ ...state, open: counts[state.name] ?? 0 }));
}

function countBy<Each>(all: readonly Each[], key: (each: Each) => string): { readonly [key: string]: number } {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
  return Object.fromEntries(counts);
}
