import test from 'ava';
import { parseCompact } from '../../lib/faults/compact.js';
import { faultDocs, faultHelp } from '../../lib/faults/docs.js';
import { faultJsonSchema } from '../../lib/faults/json-schema.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';

test('docs, help and JSON schema have every type with every attribute', (t) => {
  const docs = faultDocs();
  const help = faultHelp().split('\n');
  const { oneOf } = faultJsonSchema() as {
    readonly oneOf: readonly {
      readonly title: string;
      readonly properties: { readonly attributes: { readonly properties: object } };
    }[];
  };
  for (const [nth, { name, attributes }] of FAULT_TYPES.entries()) {
    t.true(docs.includes(`\n### ${name}\n`), name);
    t.true(help[nth]?.startsWith(name));
    t.is(oneOf[nth]?.title, name);
    for (const key of Object.keys(attributes)) {
      t.true(docs.includes(`| \`${key}\` |`), key);
      t.true(help[nth]?.includes(` ${key}=`), key);
      t.true(key in (oneOf[nth]?.properties.attributes.properties ?? {}), key);
    }
  }
});

test('the example of the docs is a fault', (t) => {
  const [, example = ''] = /in one line|On one line .*?`(amqp_close [^`]*)`/.exec(faultDocs()) ?? [];
  t.is(parseCompact(example, { proxy: 'amqp' }).type, 'amqp_close');
});
