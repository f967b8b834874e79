import type { Context } from 'hono';
import * as z from 'zod';
import type { FaultOptions } from '../../faults/read-fault.js';
import { parseScenario, readScenarioText } from '../../faults/read-scenario.js';
import type { Scenario } from '../../faults/scenario.js';
import type { Proxies } from '../../running/proxies.js';
import type { RunningScenario, Scenarios } from '../../running/scenarios.js';
import { oneLine } from '../../text/one-line.js';
import { nothing } from '../answers.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { jsonList } from '../json-list.js';
import { knownProxies } from '../known-proxies.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';
import { scenarioFiles } from '../scenario-files.js';
import { scenarioFileSchema, scenarioSchema, scenarioView } from '../scenario-view.js';

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

/** Longer names are rejected, because every list of scenarios contains them. */
const LONGEST_NAME = 255;
const YAML = /^(application|text)\/(x-)?yaml\b/i;

/** The routes of scenarios. A lease ends a scenario whose client has died. */
export function scenarioRoutes({
  proxies,
  scenarios,
}: {
  readonly proxies: Proxies;
  readonly scenarios: Scenarios;
}): Route[] {
  const find = (id = ''): RunningScenario => {
    const found = scenarios.get(id);
    if (!found) throw new ApiError(404, 'scenario not found');
    return found;
  };
  return [
    {
      method: 'GET',
      path: '/scenarios',
      summary: 'Returns the running scenarios.',
      answers: { 200: z.array(scenarioSchema) },
      handle: () => jsonList(scenarios.all, (each) => JSON.stringify(scenarioView(each))),
    },
    {
      method: 'POST',
      path: '/scenarios',
      summary:
        'Starts a scenario. Its first faults are active when the response arrives. Errors in YAML are reported with line and column.',
      query: {
        name: 'A name for the list of scenarios, at most 255 characters long.',
        proxy: 'The proxy for steps that do not name one. Default: the only proxy.',
      },
      body: input,
      isYaml: true,
      answers: { 201: scenarioSchema, 400: errorSchema, 404: errorSchema },
      handle: async (context) => {
        const name = nameOf(context);
        const known = knownProxies(proxies);
        const proxy = context.req.query('proxy');
        const options = proxy ? { proxy } : known.options;
        const scenario = await readScenario(context, name ?? 'scenario', options);
        known.check(scenario.steps);
        const started = scenarios.begin(scenario, name);
        await proxies.settled();
        return context.json(scenarioView(started), 201);
      },
    },
    {
      method: 'POST',
      path: '/scenarios/{id}/renew',
      summary: 'Renews the lease of a scenario.',
      answers: { 200: scenarioSchema, 404: errorSchema },
      handle: (context) => {
        const found = find(context.req.param('id'));
        found.run.renew();
        return context.json(scenarioView(found));
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
    {
      method: 'GET',
      path: '/scenario-files',
      summary: 'Returns the scenarios that come with rabbit-snare, to start them as they are or changed.',
      answers: { 200: z.array(scenarioFileSchema) },
      handle: async (context) => context.json(await scenarioFiles()),
    },
  ];
}

/** @throws ApiError 400 */
function nameOf(context: Context): string | null {
  const name = context.req.query('name');
  if (name === undefined || name === '') return null;
  if (name.length > LONGEST_NAME) throw new ApiError(400, `name must be at most ${LONGEST_NAME} characters long`);
  return oneLine(name);
}

/** @param name of the file, for messages. @throws ConfigError, ApiError 400 */
async function readScenario(context: Context, name: string, options: FaultOptions): Promise<Scenario> {
  return YAML.test(context.req.header('Content-Type') ?? '')
    ? readScenarioText(await context.req.text(), name, options)
    : parseScenario(await readBody(context), options);
}
