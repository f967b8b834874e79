import * as z from 'zod';
import { ConfigError } from '../../errors.js';
import { faultId } from '../../faults/fault.js';
import { FAULT_STATES, type LiveFault } from '../../faults/live-fault.js';
import { parseFault } from '../../faults/parse-fault.js';
import type { Faults } from '../../faults/proxy-faults.js';
import type { Proxies } from '../../running/proxies.js';
import type { SeenByFaults } from '../../running/seen-by-faults.js';
import { DURATION, parseDuration } from '../../text/duration.js';
import { quote } from '../../text/quote.js';
import { nothing } from '../answers.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { FAULT_INPUT } from '../fault-input.js';
import { jsonList } from '../json-list.js';
import { knownProxies } from '../known-proxies.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';

/** Maximum hits listed for each fault. */
const MOST_SEEN = 1000;

const json = z.record(z.string(), z.unknown());

const faultSchema = z
  .strictObject({
    id: z.string().meta({ description: 'PROXY/NAME; percent-encoded in a path.' }),
    name: z.string(),
    type: z.string(),
    proxy: z.string(),
    stream: z.enum(['upstream', 'downstream']),
    toxicity: z.number(),
    attributes: json,
    when: json,
    valuesNow: z
      .record(z.string(), z.number())
      .meta({ description: 'The current values of the attributes that are ramps.' }),
    times: z.int().nullable(),
    enabled: z
      .boolean()
      .meta({ description: 'Whether it can act. A fault that is not enabled keeps its place and its hits.' }),
    state: z.enum(FAULT_STATES).meta({
      description:
        'Whether it can act now. `off`: switched off; `spent`: it has acted `times` times; `waiting`: before its `after`; `pausing`: between two windows of `every` and `for`; `over`: it never acts again.',
    }),
    changesAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When its schedule next changes `state`. Null: never, or it is off or spent.' }),
    addedAt: z.iso.datetime(),
    removedAt: z.iso.datetime().nullable().meta({ description: 'When `removeAfter` removes it. Null: never.' }),
    scenario: z
      .string()
      .nullable()
      .meta({ description: 'Id of the scenario that added it. Null: it was added directly.' }),
    hits: z.int().meta({ description: 'Number of connections on which it has acted.' }),
    seen: z
      .array(z.strictObject({ connection: z.string(), at: z.string(), stage: z.string() }))
      .meta({ description: 'The last of these connections, in order.' }),
  })
  .meta({ id: 'Fault' });

const change = z
  .object({
    attributes: json,
    when: json,
    toxicity: z.number(),
    times: z.int().nullable(),
    enabled: z
      .boolean()
      .meta({ description: 'false switches the fault off: it acts on nothing until it is on again.' }),
  })
  .partial()
  .meta({ id: 'FaultChange' });

export type FaultView = z.output<typeof faultSchema>;

/** The routes of faults. */
export function faultRoutes({
  proxies,
  faults: { list },
  seen,
}: {
  readonly proxies: Proxies;
  readonly faults: Faults;
  readonly seen: SeenByFaults;
}): Route[] {
  const view = (live: LiveFault, mostSeen = MOST_SEEN): FaultView => {
    const { id, fault, enabled, addedAtWall, lifetime, scenario, hits } = live;
    const { state, changesAt } = list.stateOf(live);
    return {
      id,
      ...fault,
      valuesNow: list.rampValuesOf(live),
      enabled,
      state,
      changesAt: changesAt === null ? null : new Date(changesAt).toISOString(),
      addedAt: new Date(addedAtWall).toISOString(),
      removedAt: lifetime === null ? null : new Date(addedAtWall + lifetime).toISOString(),
      scenario,
      hits,
      seen: mostSeen === 0 ? [] : seen.of(live).slice(-mostSeen),
    };
  };
  const find = (id = ''): LiveFault => {
    const live = list.get(id);
    if (!live) throw new ApiError(404, 'fault not found');
    return live;
  };
  return [
    {
      method: 'GET',
      path: '/faults',
      summary: 'Returns all faults in the order in which they were added.',
      query: {
        proxy: 'Only those of this proxy.',
        seen: `Maximum connections in \`seen\` of each fault; ${MOST_SEEN} by default and at most.`,
      },
      answers: { 200: z.array(faultSchema), 400: errorSchema },
      handle: (context) => {
        const { proxy, seen: most = String(MOST_SEEN) } = context.req.query();
        if (!/^\d+$/.test(most) || Number(most) > MOST_SEEN)
          throw new ApiError(400, `seen must be a whole number up to ${MOST_SEEN}, not ${quote(most)}`);
        const asked = list.all.filter(({ fault }) => proxy === undefined || fault.proxy === proxy);
        return jsonList(asked, (live) => JSON.stringify(view(live, Number(most))));
      },
    },
    {
      method: 'POST',
      path: '/faults',
      summary: 'Adds one fault, or several: all or none. They are active when the response arrives.',
      query: {
        removeAfter: `Removes the faults after this time, unless they were removed earlier: ${DURATION}. A test that crashes then leaves no faults behind.`,
      },
      body: { jsonSchema: { oneOf: [FAULT_INPUT, { type: 'array', items: FAULT_INPUT }] } },
      answers: {
        201: z.union([faultSchema, z.array(faultSchema)]),
        400: errorSchema,
        404: errorSchema,
        409: errorSchema,
      },
      handle: async (context) => {
        const lifetime = readLifetime(context.req.query('removeAfter'));
        const body = await readBody(context);
        const known = knownProxies(proxies);
        const added = (Array.isArray(body) ? body : [body]).map((input) => parseFault(input, known.options));
        known.check(added.map((fault) => ({ fault })));
        const taken = added.map(faultId).find((id) => list.get(id));
        if (taken !== undefined) throw new ApiError(409, `fault ${quote(taken)} already exists`);
        const live = list.add(added, lifetime);
        await proxies.settled();
        const views = live.map(view);
        return context.json(Array.isArray(body) ? views : views[0], 201);
      },
    },
    {
      method: 'GET',
      path: '/faults/{id}',
      summary: 'Returns a fault.',
      answers: { 200: faultSchema, 404: errorSchema },
      handle: (context) => context.json(view(find(context.req.param('id')))),
    },
    {
      method: 'PATCH',
      path: '/faults/{id}',
      summary:
        'Changes attributes, conditions, toxicity or times of a fault, or switches it off and on. Keys that are left out keep their values.',
      body: change,
      answers: { 200: faultSchema, 400: errorSchema, 404: errorSchema },
      handle: async (context) => {
        const live = find(context.req.param('id'));
        list.change(live.id, await readBody(context));
        await proxies.settled(live.fault.proxy);
        return context.json(view(live));
      },
    },
    {
      method: 'DELETE',
      path: '/faults/{id}',
      summary: 'Removes a fault and undoes what can be undone.',
      answers: { 204: null, 404: errorSchema },
      handle: async (context) => {
        const live = find(context.req.param('id'));
        list.remove(live.id);
        await proxies.settled(live.fault.proxy);
        return nothing();
      },
    },
  ];
}

/** Returns the time after which added faults are removed, in ms; null: never. @throws ApiError 400 */
function readLifetime(removeAfter: string | undefined): number | null {
  if (removeAfter === undefined) return null;
  try {
    const ms = parseDuration(removeAfter);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw new ApiError(400, `removeAfter must be ${DURATION}, more than 0 and up to 24h, not ${quote(removeAfter)}`);
}
