import { execFileSync } from 'node:child_process';
import test from 'ava';
import { addCommand } from '../../../lib/dashboard/faults/as-command.js';
import { bodyOf, changeOf, type Draft, draftOf, type FaultLike } from '../../../lib/dashboard/faults/draft.js';
import { fieldsOf } from '../../../lib/dashboard/faults/fault-model.js';
import { parseCompact } from '../../../lib/faults/compact.js';
import { changeFault, parseFault } from '../../../lib/faults/parse-fault.js';
import { model, modelOf, sampleOf } from './model.js';

const AT_PROXY = { proxy: 'amqp' };

/** Types that need at least one of several attributes. */
const ONE_OF: Readonly<Record<string, Draft>> = { cut: { 'attributes.delay': '1s' } };

/** What a field needs. */
const PARTNERS: Readonly<Record<string, Draft>> = {
  'when.every': { 'when.for': '1ms' },
  'when.for': { 'when.every': '24h' },
  // The last choice of what is in a content, and those are passed once the connection is open.
  'attributes.what': { 'attributes.at': 'running' },
  'attributes.ca_cert': { 'attributes.ca_key': 'ca-key.pem' },
  'attributes.ca_key': { 'attributes.ca_cert': 'ca.pem' },
};

/** The words that a shell makes of a command. */
const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${command}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

for (const type of model.types) {
  const required: Draft = {
    ...ONE_OF[type.name],
    ...Object.fromEntries(
      type.attributes.filter(({ isRequired }) => isRequired).map((field) => [field.path, sampleOf(field)]),
    ),
  };

  test(`${type.name} with only what is required is accepted by the server`, (t) => {
    const body = bodyOf(type, required, null);
    t.deepEqual(Object.keys(body), Object.keys(required).length > 0 ? ['type', 'attributes'] : ['type']);
    t.is(parseFault(body, AT_PROXY).type, type.name as never);
  });

  for (const field of fieldsOf(type)) {
    test(`${type.name} with ${field.path} filled in is accepted, shown again and written as a command`, (t) => {
      // A condition must be known when the fault acts, and there is no content before the connection is open.
      const at = type.attributes.find(({ path }) => path === 'attributes.at');
      const late = at !== undefined && field.path.startsWith('when.') ? { [at.path]: String(at.options.at(-1)) } : {};
      const partner = PARTNERS[field.path] ?? {};
      const draft = { ...required, ...late, ...partner, [field.path]: sampleOf(field) };
      const body = bodyOf(type, draft, 'amqp');
      const fault = parseFault(body);
      if (!field.isRequired) t.notDeepEqual(fault, parseFault(bodyOf(type, required, 'amqp')), 'it makes a difference');
      t.deepEqual(parseFault(bodyOf(type, draftOf(type, fault as FaultLike), 'amqp')), fault);
      const line = wordsOf(addCommand(body, 'http://127.0.0.1:8474') ?? '').at(-1) ?? '';
      t.deepEqual(parseCompact(line), fault, line);
    });
  }
}

test('a ramp is filled in as text, and shown as text again', (t) => {
  const type = modelOf('latency');
  const body = bodyOf(type, { 'attributes.latency': '0..2s/60s', 'when.every': '20s..40s', 'when.for': '5s' }, 'amqp');
  const fault = parseFault(body);
  t.deepEqual(fault.attributes['latency'], { from: 0, to: 2_000, over: 60_000 });
  const shown = draftOf(type, fault as FaultLike);
  t.is(shown['attributes.latency'], '0..2000/60000ms');
  t.deepEqual(parseFault(bodyOf(type, shown, 'amqp')), fault);
});

test('only what was filled in is sent', (t) => {
  const type = modelOf('amqp_close');
  t.deepEqual(bodyOf(type, { 'attributes.code': '320', 'when.connection': '1-2', times: '2' }, null), {
    type: 'amqp_close',
    attributes: { code: 320 },
    when: { connection: '1-2' },
    times: 2,
  });
});

test('text that cannot be read is sent as it is, so that the server says what is wrong', (t) => {
  t.deepEqual(bodyOf(modelOf('latency'), { 'attributes.latency': '2 days' }, null)['attributes'], {
    latency: '2 days',
  });
  t.deepEqual(bodyOf(modelOf('amqp_start'), { 'attributes.server_properties': '{' }, null)['attributes'], {
    server_properties: '{',
  });
});

test('an empty text that was chosen is sent, and a field that was not filled in is not', (t) => {
  const type = modelOf('amqp_refuse');
  t.deepEqual(bodyOf(type, { 'attributes.farewell': '' }, null)['attributes'], { farewell: '' });
  t.false('attributes' in bodyOf(type, {}, null));
});

test('a change has only what was changed, and null for what was cleared', (t) => {
  const type = modelOf('latency');
  const fault = parseFault({
    type: 'latency',
    proxy: 'amqp',
    attributes: { latency: 100, jitter: 20 },
    when: { user: 'app', after: '5s' },
    toxicity: 0.5,
    times: 3,
  });
  const before = draftOf(type, fault as FaultLike);
  const { 'when.user': _, toxicity: __, times: ___, 'attributes.jitter': ____, ...kept } = before;
  const change = changeOf(type, before, { ...kept, 'attributes.latency': '2s' });
  t.deepEqual(change, {
    attributes: { latency: '2s', jitter: null },
    toxicity: 1,
    times: null,
    when: { user: null },
  });
  t.like(changeFault(fault, change), {
    attributes: { latency: 2000, jitter: 0 },
    toxicity: 1,
    times: null,
    when: { after: 5000 },
  });
  t.deepEqual(changeOf(type, before, before), {});
});

test('the examples of the schema fill the form', (t) => {
  for (const example of model.examples) {
    const type = modelOf(String(example['type']));
    t.deepEqual(parseFault(bodyOf(type, draftOf(type, example), null), AT_PROXY), parseFault(example, AT_PROXY));
  }
});
