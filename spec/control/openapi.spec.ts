import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { startControl } from '../support/control.js';

type Document = { readonly components: { readonly schemas: Readonly<Record<string, object>> } };

const served = async (url: string): Promise<Document> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as Document;

test('every reference in the description names an existing component', async (t) => {
  const { url } = await startControl(t);
  const { components } = await served(url);
  const document = JSON.stringify({ components });
  t.false(document.includes('#/$defs/'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const name of Object.keys(components.schemas)) {
    t.notThrows(() => ajv.compile({ $ref: `#/components/schemas/${name}`, components }), name);
  }
});

test('FaultInput accepts a fault of the API and rejects an unknown attribute', async (t) => {
  const { url } = await startControl(t);
  const { components } = await served(url);
  const validate = new Ajv2020({ strict: false }).compile({ $ref: '#/components/schemas/FaultInput', components });
  const attributes = { latency: '2s', user: 'app*', times: 1 };
  t.true(validate({ type: 'latency', attributes, when: { after: 5 } }));
  t.false(validate({ type: 'latency', attributes: { ...attributes, delay: 5 } }));
});
