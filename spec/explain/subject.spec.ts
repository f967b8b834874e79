import test from 'ava';
import { subjectOf } from '../../lib/explain/subject.js';

const ENDS = '10.0.0.7:50122 -> 10.0.0.2:5672';
const OPEN = {
  client: '10.0.0.7:50122',
  listener: '10.0.0.2:5672',
  user: 'app',
  vhost: '/',
  state: null,
  channel: null,
};

test('a closing entry names client, listener, virtual host and user, in every version', (t) => {
  for (const head of [
    `closing AMQP connection <0.1.0> (${ENDS}, vhost: '/', user: 'app'):`,
    `closing AMQP connection <0.1.0> (${ENDS}, vhost: '/', user: 'app', duration: '3ms'):`,
  ]) {
    t.deepEqual(subjectOf(`${head}\nreason`), { ...OPEN, connection: null, rest: '\nreason' });
    t.deepEqual(subjectOf(`${head} reason`), { ...OPEN, connection: null, rest: 'reason' });
  }
});

test('the name that a client gave its connection can contain anything', (t) => {
  for (const name of ['billing', 'a (b) -> "c"', 'two\nlines', "it's, vhost", 'a: b']) {
    const subject = subjectOf(`closing AMQP connection <0.1.0> (${ENDS} - ${name}, vhost: '/', user: 'app'):\nreason`);
    t.deepEqual(subject, { ...OPEN, connection: name, rest: '\nreason' });
  }
});

test('quotes in names do not end them, and a connection that is not open has no virtual host', (t) => {
  const { user, vhost } = subjectOf(`closing AMQP connection <0.1.0> (${ENDS}, vhost: 'none', user: 'it's'):\nx`);
  t.deepEqual([user, vhost], ["it's", null]);
});

test('an error names state and channel', (t) => {
  const { state, channel, rest } = subjectOf(
    `Error on AMQP connection <0.1.0> (${ENDS}, vhost: '/', user: 'app', state: running), channel 7:\n x`,
  );
  t.deepEqual([state, channel, rest], ['running', 7, '\n x']);
});

test('addresses can be IPv6 and host names', (t) => {
  for (const [client, listener] of [
    ['[::1]:47812', '[::1]:5672'],
    ['app.example:4000', 'mq.example:5672'],
  ]) {
    const subject = subjectOf(`accepting AMQP connection <0.1.0> (${client} -> ${listener})`);
    t.deepEqual([subject.client, subject.listener, subject.rest], [client, listener, '']);
  }
});
