import test from 'ava';
import { addCommand, curlCommand, shell, updateCommand } from '../../../lib/dashboard/faults/as-command.js';
import { parseChange, parseCompact } from '../../../lib/faults/compact.js';

const URL = 'http://127.0.0.1:8474';

test('a fault is written as the command that adds it', (t) => {
  const body = {
    type: 'amqp_close',
    name: 'x',
    attributes: { at: 'open', text: 'go away' },
    when: { user: 'a' },
    times: 2,
  };
  const command = addCommand(body, URL);
  t.is(command, `rabbit-snare faults add 'amqp_close name=x at=open text="go away" user=a times=2'`);
  t.is(
    addCommand({ type: 'noop' }, 'http://127.0.0.1:9000'),
    'rabbit-snare faults add noop --url http://127.0.0.1:9000',
  );
});

test('a text is quoted as the line needs it, or there is no command', (t) => {
  for (const text of ['say "no"', "it's over", '', '{a}', 'a={b', 'tab\there']) {
    const command = addCommand({ type: 'amqp_close', attributes: { text } }, URL);
    const line = command?.replace(/^rabbit-snare faults add /, '').replace(/^'(.*)'$/s, '$1') ?? '';
    t.is(parseCompact(line.replaceAll("'\\''", "'"), { proxy: 'amqp' }).attributes['text'], text, command ?? 'none');
  }
  for (const text of [`"it's"`, '{a b', 'a ={b']) {
    t.is(addCommand({ type: 'amqp_close', attributes: { text } }, URL), null, text);
  }
});

test('a change is written as the command that makes it, unless it resets a value', (t) => {
  const command = updateCommand('amqp/my fault', { attributes: { text: "it's" }, toxicity: 0.5 }, URL);
  t.is(command, `rabbit-snare faults update 'amqp/my fault' toxicity=0.5 'text=it'\\''s'`);
  t.deepEqual(parseChange(['toxicity=0.5', "text=it's"]), { toxicity: '0.5', attributes: { text: "it's" } });
  t.is(updateCommand('amqp/x', { times: null }, URL), null);
});

test('curl sends the body, and the token from the environment', (t) => {
  const request = { method: 'POST', path: '/faults', body: `{"name":"it's"}` };
  t.is(curlCommand(request, URL, false), `curl -X POST ${URL}/faults -d '{"name":"it'\\''s"}'`);
  t.regex(curlCommand(request, URL, true), / -H "Authorization: Bearer \$RABBIT_SNARE_CONTROL_TOKEN" -d /);
});

test('the shell sees a word as it is', (t) => {
  t.is(shell('amqp/x'), 'amqp/x');
  t.is(shell(''), "''");
  t.is(shell('a b'), "'a b'");
});
