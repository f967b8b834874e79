import * as z from 'zod';
import { faultDefinitions } from '../faults/json-schema.js';
import { version } from '../version.js';
import { errorSchema } from './error-schema.js';
import { byPath, type Route } from './route.js';

const TITLE = 'rabbit-snare';
const DESCRIPTION =
  "Drives and observes a running rabbit-snare. Toxiproxy's API is at its own paths, where every fault type is also a toxic.";

const MEANINGS: Readonly<Record<number, string>> = {
  200: 'Success.',
  201: 'Created.',
  204: 'Success, without a body.',
  304: 'The client has it already.',
  400: 'The request is invalid; the error says why.',
  401: 'The token is missing or wrong.',
  403: 'The request comes from a web page, or its host is not allowed.',
  404: 'Not found.',
  409: 'Conflict with the current state.',
  413: 'The body is too large.',
  500: 'The operating system returned an error.',
  503: 'Not available now.',
};

/** Errors that every route can return. */
const REFUSALS = { 401: errorSchema, 403: errorSchema, 413: errorSchema };

/** Returns the OpenAPI 3.1 document of these routes. */
export function openApi(routes: readonly Route[]): object {
  const { fault, ...shared } = faultDefinitions();
  const schemas: Record<string, object> = {};
  for (const [name, schema] of Object.entries({ FaultInput: fault, ...shared })) schemas[name] = moved(schema);
  const paths = Object.fromEntries(
    [...byPath(routes)].map(([path, own]) => [
      path,
      Object.fromEntries(own.map((route) => [route.method.toLowerCase(), operation(route, schemas)])),
    ]),
  );
  return {
    openapi: '3.1.0',
    info: { title: TITLE, version, description: DESCRIPTION },
    paths,
    components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { token: [] }],
  };
}

function operation(
  { path, summary, query = {}, body, isYaml, answers, isToxiproxy }: Route,
  schemas: Record<string, object>,
) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return {
    summary,
    tags: [isToxiproxy ? 'toxiproxy' : 'rabbit-snare'],
    parameters: [...inPath, ...inQuery],
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          ['application/json', ...(isYaml ? ['application/yaml'] : [])].map((type) => [
            type,
            { schema: schemaOf(body, schemas, 'input') },
          ]),
        ),
      },
    }),
    responses: Object.fromEntries(
      Object.entries({ ...REFUSALS, ...answers }).map(([status, answer]) => [
        status,
        {
          description: MEANINGS[Number(status)] ?? '',
          ...(answer && {
            content: {
              ...contentOf(answer, schemas),
              // On these paths browsers receive Toxiproxy's own plain text.
              ...(isToxiproxy && status === '403' && contentOf('text/plain', schemas)),
            },
          }),
        },
      ]),
    ),
  };
}

function contentOf(answer: z.ZodType | string, schemas: Record<string, object>): object {
  if (typeof answer === 'string') return { [answer]: {} };
  return { 'application/json': { schema: schemaOf(answer, schemas, 'output') } };
}

/** Returns the JSON schema of an input or output. Schemas with an id become a component and a reference to it. */
function schemaOf(schema: NonNullable<Route['body']>, schemas: Record<string, object>, io: 'input' | 'output'): object {
  if ('jsonSchema' in schema) return schema.jsonSchema;
  const {
    $defs = {},
    $schema: _,
    id: __,
    ...own
  } = z.toJSONSchema(schema, { io }) as {
    $defs?: Record<string, object>;
    $schema?: string;
    id?: string;
  };
  const name = schema.meta()?.id;
  for (const [key, value] of Object.entries({ ...(name && { [name]: own }), ...$defs })) schemas[key] = moved(value);
  return name ? { $ref: `#/components/schemas/${name}` } : moved(own);
}

/** Turns references within a schema into references within the document. */
function moved(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
