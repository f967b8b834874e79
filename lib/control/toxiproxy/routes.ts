import type { Context } from 'hono';
import * as z from 'zod';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Faults } from '../../faults/proxy-faults.js';
import type { Proxies } from '../../running/proxies.js';
import type { ProxyState } from '../../running/proxy-state.js';
import { version } from '../../version.js';
import { nothing } from '../answers.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { healthChecksInput } from '../health-checks-schema.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';
import { Fields } from './fields.js';
import { readEntries } from './populate.js';
import { ToxiproxyProxies } from './proxies.js';
import { complete, decodeProxy } from './proxy-input.js';
import { addToxic, changeToxic, findToxic } from './toxics.js';
import { proxySchema, proxyView, toxicSchema, toxicsOf, toxicView } from './views.js';

/** The version of Toxiproxy's API that is served. Clients choose their requests by it. */
export const TOXIPROXY_VERSION = '2.12.0';

const proxyInput = z
  .object({
    name: z.string(),
    listen: z.string().nullish(),
    upstream: z.string(),
    enabled: z.boolean().nullish(),
    mirrorUpstream: z.boolean().nullish(),
    mode: z.enum(['guard', 'observe']).nullish(),
    dialect: z.string().nullish(),
    healthChecks: healthChecksInput.nullish(),
  })
  .meta({ id: 'ProxyInput' });
const toxicInput = z
  .object({
    name: z.string().nullish(),
    type: z.string(),
    stream: z.string().nullish(),
    toxicity: z.number().nullish(),
    attributes: z.record(z.string(), z.unknown()).nullish(),
    when: z.record(z.string(), z.unknown()).nullish(),
    times: z.union([z.int(), z.string()]).nullish(),
  })
  .meta({ id: 'ToxicInput' });
const populated = z.object({ proxies: z.array(proxySchema) });
const populateFailed = z.object({ error: z.string(), status: z.int(), proxies: z.array(proxySchema).nullable() });

/** Returns the routes of Toxiproxy's API, at its own paths. */
export function toxiproxyRoutes({ proxies, faults }: { readonly proxies: Proxies; readonly faults: Faults }): Route[] {
  const all = new ToxiproxyProxies(proxies, faults);
  const { list } = faults;
  const proxyOf = ({ req }: Context): ProxyState => all.get(req.param('proxy') ?? '');
  const toxicOf = (context: Context): LiveFault =>
    findToxic(list, proxyOf(context).name, context.req.param('toxic') ?? '');
  const update = (method: 'POST' | 'PATCH'): Route => ({
    method,
    path: '/proxies/{proxy}',
    summary: 'Changes a proxy. Keys that are left out keep their values.',
    body: proxyInput.partial(),
    answers: { 200: proxySchema, 400: errorSchema, 404: errorSchema, 500: errorSchema },
    isToxiproxy: true,
    handle: async (context) => {
      const before = proxyOf(context);
      return context.json(proxyView(await all.change(before, decodeProxy(await readBody(context))), list));
    },
  });
  const updateToxic = (method: 'POST' | 'PATCH'): Route => ({
    method,
    path: '/proxies/{proxy}/toxics/{toxic}',
    summary: 'Changes attributes, toxicity, when or times of a toxic. Keys that are left out keep their values.',
    body: toxicInput.partial(),
    answers: { 200: toxicSchema, 400: errorSchema, 404: errorSchema },
    isToxiproxy: true,
    handle: async (context) => {
      const live = toxicOf(context);
      changeToxic(list, live, new Fields(await readBody(context)));
      await proxies.settled(live.fault.proxy);
      return context.json(toxicView(list, live));
    },
  });
  return [
    {
      method: 'GET',
      path: '/version',
      summary: "Returns the version of Toxiproxy's API and of rabbit-snare.",
      answers: { 200: z.object({ version: z.string(), product: z.string(), productVersion: z.string() }) },
      isToxiproxy: true,
      handle: () =>
        new Response(
          `{"version": "${TOXIPROXY_VERSION}", "product": "rabbit-snare", "productVersion": "${version}"}\n`,
          {
            headers: { 'Content-Type': 'application/json;charset=utf-8' },
          },
        ),
    },
    {
      method: 'GET',
      path: '/proxies',
      summary: 'Returns all proxies by name, sorted by the bytes of the name.',
      answers: { 200: z.record(z.string(), proxySchema) },
      isToxiproxy: true,
      handle: (context) => {
        const states = [...proxies.states].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
        // Not an object, which would put names that look like numbers first.
        const entries = states.map(
          (state) => `${JSON.stringify(state.name)}:${JSON.stringify(proxyView(state, list))}`,
        );
        return context.body(`{${entries.join(',')}}`, 200, { 'Content-Type': 'application/json' });
      },
    },
    {
      method: 'POST',
      path: '/proxies',
      summary: 'Creates a proxy, in observe mode by default. It is listening when the response arrives.',
      body: proxyInput,
      answers: { 201: proxySchema, 400: errorSchema, 409: errorSchema, 500: errorSchema },
      isToxiproxy: true,
      handle: async (context) => {
        const state = await all.create(complete(decodeProxy(await readBody(context))));
        return context.json(proxyView(state, list), 201);
      },
    },
    {
      method: 'GET',
      path: '/proxies/{proxy}',
      summary: 'Returns a proxy.',
      answers: { 200: proxySchema, 404: errorSchema },
      isToxiproxy: true,
      handle: (context) => context.json(proxyView(proxyOf(context), list)),
    },
    update('POST'),
    update('PATCH'),
    {
      method: 'DELETE',
      path: '/proxies/{proxy}',
      summary: 'Removes a proxy with its toxics and connections.',
      answers: { 204: null, 404: errorSchema },
      isToxiproxy: true,
      handle: async (context) => {
        await all.remove(proxyOf(context).name);
        return nothing();
      },
    },
    {
      method: 'GET',
      path: '/proxies/{proxy}/toxics',
      summary:
        'Returns the toxics of a proxy: first those of the upstream stream, then the others, each in the order in which they act.',
      answers: { 200: z.array(toxicSchema), 404: errorSchema },
      isToxiproxy: true,
      handle: (context) => context.json(toxicsOf(list, proxyOf(context).name)),
    },
    {
      method: 'POST',
      path: '/proxies/{proxy}/toxics',
      summary: 'Adds a toxic, which is a fault of any type. It is active when the response arrives.',
      body: toxicInput,
      answers: { 200: toxicSchema, 400: errorSchema, 404: errorSchema, 409: errorSchema },
      isToxiproxy: true,
      handle: async (context) => {
        const { name } = proxyOf(context);
        const live = addToxic(list, name, new Fields(await readBody(context)));
        await proxies.settled(name);
        return context.json(toxicView(list, live));
      },
    },
    {
      method: 'GET',
      path: '/proxies/{proxy}/toxics/{toxic}',
      summary: 'Returns a toxic.',
      answers: { 200: toxicSchema, 404: errorSchema },
      isToxiproxy: true,
      handle: (context) => context.json(toxicView(list, toxicOf(context))),
    },
    updateToxic('POST'),
    updateToxic('PATCH'),
    {
      method: 'DELETE',
      path: '/proxies/{proxy}/toxics/{toxic}',
      summary: 'Removes a toxic. Data that it held back is released.',
      answers: { 204: null, 404: errorSchema },
      isToxiproxy: true,
      handle: async (context) => {
        const { id, fault } = toxicOf(context);
        list.remove(id);
        await proxies.settled(fault.proxy);
        return nothing();
      },
    },
    {
      method: 'POST',
      path: '/populate',
      summary: 'Creates proxies, and replaces existing ones that differ. Safe to repeat.',
      body: z.array(proxyInput),
      answers: { 201: populated, 400: populateFailed, 409: populateFailed, 500: populateFailed },
      isToxiproxy: true,
      handle: async (context) => {
        const done = new Map<string, object>();
        const views = () => [...done.values()];
        try {
          for await (const state of all.populate(readEntries(await readBody(context)))) {
            done.set(state.name, proxyView(state, list));
          }
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          const { message, status } = error;
          return context.json({ error: message, status, proxies: done.size === 0 ? null : views() }, status);
        }
        return context.json({ proxies: views() }, 201);
      },
    },
    {
      method: 'POST',
      path: '/reset',
      summary: 'Enables all proxies and removes all toxics.',
      answers: { 204: null, 500: errorSchema },
      isToxiproxy: true,
      handle: async () => {
        await all.reset();
        return nothing();
      },
    },
  ];
}
