import * as z from 'zod';
import type { Fault } from '../../faults/fault.js';
import type { FaultList } from '../../faults/fault-list.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { ProxyState } from '../../running/proxy-state.js';
import { healthChecksSchema } from '../health-checks-schema.js';
import { learnedSchema } from '../learned-schema.js';
import { upstreamStateSchema } from '../upstream-state-schema.js';
import { shortestFloat32 } from './float32.js';

/** A fault as Toxiproxy's clients see it; `when` and `times` are additions. */
export const toxicSchema = z
  .strictObject({
    attributes: z.record(z.string(), z.unknown()),
    name: z.string(),
    type: z.string(),
    stream: z.string(),
    toxicity: z.number(),
    when: z.record(z.string(), z.unknown()),
    times: z.int().nullable(),
  })
  .meta({ id: 'Toxic' });

/** A proxy as Toxiproxy's clients see it; `mirrorUpstream` and what follows it are additions. */
export const proxySchema = z
  .strictObject({
    name: z.string(),
    listen: z.string(),
    upstream: z.string(),
    enabled: z.boolean(),
    toxics: z.array(toxicSchema),
    mirrorUpstream: z.boolean(),
    upstreamState: upstreamStateSchema,
    mode: z.enum(['guard', 'observe']),
    dialect: z.string(),
    healthChecks: healthChecksSchema,
    learned: learnedSchema,
  })
  .meta({ id: 'Proxy' });

export type ToxicView = z.output<typeof toxicSchema>;
export type ProxyView = z.output<typeof proxySchema>;

/** Streams that were not given in lower case, which are shown as given. */
const streams = new WeakMap<LiveFault, string>();

/** Remembers how the stream of a toxic was given. */
export function rememberStream(live: LiveFault, written: string): void {
  if (written !== live.fault.stream) streams.set(live, written);
}

/** An attribute that is a ramp is shown as its current value: clients of Toxiproxy expect numbers. */
export function toxicView(list: FaultList, live: LiveFault): ToxicView {
  const { name, type, stream, toxicity, when, times }: Fault = live.fault;
  return {
    attributes: list.valuesOf(live),
    name,
    type,
    stream: streams.get(live) ?? stream,
    toxicity: shortestFloat32(toxicity),
    when,
    times,
  };
}

/** Returns the toxics of a proxy: first those of the upstream stream, each in the order in which they act. */
export function toxicsOf(list: FaultList, proxy: string): ToxicView[] {
  const own = list.all.filter(({ fault }) => fault.proxy === proxy);
  const inOrder = ['upstream', 'downstream'].flatMap((stream) => own.filter(({ fault }) => fault.stream === stream));
  return inOrder.map((live) => toxicView(list, live));
}

export function proxyView({ asked, name, listen, upstream, enabled, ...own }: ProxyState, list: FaultList): ProxyView {
  return { name, listen, upstream, enabled, toxics: toxicsOf(list, name), ...own };
}
