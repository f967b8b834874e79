import * as z from 'zod';
import type { Stage } from '../amqp/stage.js';
import { STAGE_DOCS } from '../report/stage-docs.js';
import { healthChecksSchema } from './health-checks-schema.js';
import { learnedSchema } from './learned-schema.js';
import type { Overview, ProxyOverview } from './overview.js';
import { limits, outputs } from './routes/health.js';
import { upstreamStateSchema } from './upstream-state-schema.js';

const count = z.int().nonnegative();
const counts = z.array(count).readonly();

/** A proxy as the overview shows it. */
export const proxyOverviewSchema = z
  .strictObject({
    name: z.string(),
    listen: z.string(),
    upstream: z.string(),
    enabled: z.boolean(),
    mirrorUpstream: z.boolean(),
    upstreamState: upstreamStateSchema,
    mode: z.enum(['guard', 'observe']),
    dialect: z.string(),
    learned: learnedSchema,
    healthChecks: healthChecksSchema,
    open: count.meta({ description: 'Open connections.' }),
  })
  .meta({ id: 'ProxyOverview' }) satisfies z.ZodType<ProxyOverview>;

/** The answer of `GET /overview`. */
export const overviewSchema = z
  .strictObject({
    at: z.iso.datetime().meta({ description: 'The time of the server.' }),
    startedAt: z.iso.datetime(),
    version: z.string(),
    totals: z
      .strictObject({
        accepted: count.meta({ description: 'Includes the open ones.' }),
        ended: count,
        forward: count,
        refuse: count,
        fault: count,
        none: count,
        healthChecks: count,
      })
      .meta({ description: 'Connections since the start: accepted, ended, and by decision those that have ended.' }),
    open: z
      .partialRecord(z.enum(Object.keys(STAGE_DOCS) as Stage[]), count)
      .meta({ description: 'Open connections by stage.' }),
    timeline: z
      .strictObject({
        slotMs: z.int().meta({ description: 'Length of a slot in ms.' }),
        from: z.number().meta({ description: 'When the first slot begins, in ms since 1970.' }),
        accepted: counts.meta({ description: 'Connections by the time at which they were accepted.' }),
        reasons: z
          .record(z.string(), counts)
          .meta({ description: 'Connections by the time at which they ended, for each reason that occurs.' }),
      })
      .meta({ description: 'The last 15 minutes in slots, oldest first. The last slot is not complete.' }),
    funnel: z
      .array(
        z.strictObject({
          step: z
            .enum(['accepted', 'header', 'start', 'tune', 'open', 'running'])
            .meta({ description: '`open`: the client has sent Tune-Ok. `running`: the broker has sent Open-Ok.' }),
          count: count.meta({ description: 'Connections that reached it.' }),
          medianMs: z.number().nullable().meta({
            description:
              'Median time from accept, in ms, at most 5 % off. Null: no connection reached it, or it is the first.',
          }),
        }),
      )
      .readonly()
      .meta({
        description:
          'How far the AMQP 0-9-1 handshakes got of the connections that ended in the current minute and the 14 before it.',
      }),
    notInFunnel: z
      .strictObject({
        healthChecks: count.meta({ description: 'Health checks that did not open a connection.' }),
        amqp10: count.meta({ description: 'Clients of AMQP 1.0.' }),
        otherProtocols: count.meta({
          description: 'Other protocols, which a proxy in observe mode has forwarded.',
        }),
      })
      .meta({ description: 'Connections that ended in the same time and have no such handshake.' }),
    proxies: z.array(proxyOverviewSchema).readonly(),
    outputs,
    limits,
    eventClients: count.meta({ description: 'Clients of the event stream.' }),
  })
  .meta({ id: 'Overview' }) satisfies z.ZodType<Overview>;
