import * as z from 'zod';
import { parseScenario } from '../../faults/read-scenario.js';
import type { ScenarioRun } from '../../faults/scenario-run.js';
import type { Proxies } from '../../running/proxies.js';
import type { Scenarios } from '../../running/scenarios.js';
import { nothing } from '../answers.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { jsonList } from '../json-list.js';
import { knownProxies } from '../known-proxies.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';

const scenarioSchema = z
  .strictObject({
    id: z.string(),
    lease: z.number().nullable().meta({ description: 'In ms. Null: the scenario has no lease.' }),
    faults: z.array(z.string()).meta({ description: 'Ids of its faults that exist now.' }),
  })
  .meta({ id: 'Scenario' });

const TIME = { type: ['integer', 'string', 'null'] };
const STEP = {
  type: 'object',
  properties: { after: TIME, until: TIME },
  description: 'A fault (FaultInput) with its times.',
};
const input = {
  jsonSchema: {
    type: 'object',
    required: ['steps'],
    properties: {
      steps: { type: 'array', description: 'Faults, each with after and until.', items: STEP },
      repeat: { type: ['boolean', 'integer', 'null'] },
      lease: {
        type: ['integer', 'string', 'null'],
        description: 'The scenario ends if it is not renewed for this long, such as 10s.',
      },
    },
  },
};

/** The routes of scenarios. A lease ends a scenario whose client has died. */
export function scenarioRoutes({
  proxies,
  scenarios,
}: {
  readonly proxies: Proxies;
  readonly scenarios: Scenarios;
}): Route[] {
  const view = (id: string, { lease, faults }: ScenarioRun) => ({ id, lease, faults: faults.map((live) => live.id) });
  const find = (id = ''): { readonly id: string; readonly run: ScenarioRun } => {
    const run = scenarios.all.get(id);
    if (!run) throw new ApiError(404, 'scenario not found');
    return { id, run };
  };
  return [
    {
      method: 'GET',
      path: '/scenarios',
      summary: 'Returns the running scenarios.',
      answers: { 200: z.array(scenarioSchema) },
      handle: () => jsonList([...scenarios.all], ([id, run]) => JSON.stringify(view(id, run))),
    },
    {
      method: 'POST',
      path: '/scenarios',
      summary: 'Starts a scenario. Its first faults are active when the response arrives.',
      body: input,
      answers: { 201: scenarioSchema, 400: errorSchema, 404: errorSchema },
      handle: async (context) => {
        const known = knownProxies(proxies);
        const scenario = parseScenario(await readBody(context), known.options);
        known.check(scenario.steps);
        const { id, run } = find(scenarios.begin(scenario));
        await proxies.settled();
        return context.json(view(id, run), 201);
      },
    },
    {
      method: 'POST',
      path: '/scenarios/{id}/renew',
      summary: 'Renews the lease of a scenario.',
      answers: { 200: scenarioSchema, 404: errorSchema },
      handle: (context) => {
        const { id, run } = find(context.req.param('id'));
        run.renew();
        return context.json(view(id, run));
      },
    },
    {
      method: 'DELETE',
      path: '/scenarios/{id}',
      summary: 'Ends a scenario. Its faults are removed when the response arrives.',
      answers: { 204: null, 404: errorSchema },
      handle: async (context) => {
        find(context.req.param('id')).run.stop();
        await proxies.settled();
        return nothing();
      },
    },
  ];
}
