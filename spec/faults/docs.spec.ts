import test from 'ava';
import { parseCompact } from '../../lib/faults/compact.js';
import { faultDocs, faultHelp } from '../../lib/faults/docs.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';

test('docs and help have every type with every attribute', (t) => {
  const sections = faultDocs().split(/^### /m);
  const help = faultHelp().split('\n');
  for (const [nth, { name, attributes }] of FAULT_TYPES.entries()) {
    const section = sections.find((each) => each.startsWith(`${name}\n`)) ?? '';
    t.not(section, '', name);
    t.true(help[nth]?.startsWith(name));
    for (const key of Object.keys(attributes)) {
      t.true(section.includes(`| \`${key}\` |`), `${name}.${key}`);
      t.true(help[nth]?.includes(` ${key}=`), `${name}.${key}`);
    }
  }
});

test('the example in the docs is a valid fault', (t) => {
  const [, example = ''] = /On one line, .*?`(amqp_close [^`]*)`/.exec(faultDocs()) ?? [];
  t.is(parseCompact(example, { proxy: 'amqp' }).type, 'amqp_close');
});
