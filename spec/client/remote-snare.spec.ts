import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { connectSnare } from '../../lib/client/index.js';
import { startControl } from '../support/control.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/rabbitmq/until.js';
import { dialWire } from '../support/wire.js';

const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in';

async function open(t: ExecutionContext) {
  const { url, instance, call } = await startControl(t, CONFIG);
  const snare = await connectSnare({ url });
  t.teardown(() => snare.close());
  return { url, snare, instance, call };
}

test('a test of the library runs against another process with only its first line changed', async (t) => {
  const { snare } = await open(t);
  const fault = await snare.faults.add({ type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 2 });
  for (let at = 0; at < 2; at++) await t.throwsAsync(connect(snare.url), { message: /ConnectionClose/ });
  const connection = await connect(snare.url);
  const found = await until(async () => (await snare.connections()).length === 1 && snare.connections(), 5_000);
  t.like(found?.[0], { proxy: 'amqp', handshake: { user: 'guest' } });
  await connection.close();
  const first = await snare.nextReport({ reason: 'connection_closed' });
  t.is(first.connectionClose?.code, 320);
  const second = await snare.nextReport({ reason: 'connection_closed' });
  t.not(second.id, first.id);
  t.like(await snare.nextReport({ decision: 'forward' }), { fault: null });
  t.is((await fault.refresh()).seen.length, 2);
  t.is((await snare.reports()).length, 3);
  t.is((await snare.reports(({ fault: acted }) => acted !== null)).length, 2);
  await fault.change({ times: 5 });
  t.is(fault.fault.times, 5);
  t.true(fault.enabled);
  await fault.change({ enabled: false });
  t.deepEqual([fault.enabled, fault.fault.times], [false, 5]);
  await fault.remove();
  await fault.remove();
  t.deepEqual(await snare.faults.all(), []);
});

test('a report that does not arrive is an error that lists the reports that did and the open connections', async (t) => {
  const { snare } = await open(t);
  const wire = await dialWire(t, snare);
  await wire.send('amqp0091');
  await wire.how();
  await snare.nextReport();
  const connection = await connect(snare.url);
  await t.throwsAsync(snare.nextReport({ reason: 'bad_version' }, { timeout: 50 }), {
    code: 'ERR_NO_REPORT',
    message:
      /^no report matching \{"reason":"bad_version"\} within 50 ms; the last 1 of 1 reports:\n {2}127.0.0.1:\d+ bad_header.*\nconnections still open: 1.*\n {2}127.0.0.1:\d+ stage running$/,
  });
  await connection.close();
});

test('down refuses connections, up restores them, pause holds back traffic, and disconnect ends a connection', async (t) => {
  const { snare } = await open(t);
  await snare.down();
  await t.throwsAsync(dialWire(t, snare), { code: 'ECONNREFUSED' });
  await snare.up();
  await snare.pause();
  const wire = await dialWire(t, snare);
  await wire.send(Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
  await snare.up();
  await wire.octets(8);
  const [{ id } = { id: '' }] = await snare.connections();
  await snare.disconnect(id);
  t.is(await wire.how(), 'rst');
  t.regex((await snare.nextReport()).reason.sentence, /ended the connection on request/);
});

test('events are followed until the caller aborts', async (t) => {
  const { snare, instance } = await open(t);
  const ended = new AbortController();
  const events = snare.events(ended.signal);
  const next = events.next();
  await until(() => instance.followers === 1, 5_000);
  await snare.faults.add({ type: 'noop' });
  t.like((await next).value, { type: 'fault', data: { action: 'added', id: 'amqp/noop_downstream' } });
  const last = events.next();
  ended.abort();
  t.like(await last, { done: true });
});

test('a scenario runs while its lease is renewed, and ends when it is stopped', async (t) => {
  const { snare, call } = await open(t);
  const run = await snare.scenario({ steps: [{ type: 'noop' }], lease: '2s' });
  t.deepEqual(await run.faults(), ['amqp/noop_downstream']);
  const began = performance.now();
  while (performance.now() - began < 3_000) t.is((await call('GET', '/faults')).body.length, 1);
  await run.stop();
  await run.over;
  t.deepEqual((await call('GET', '/faults')).body, []);
});

test('a scenario whose process was killed ends with its lease', async (t) => {
  const { url, call, instance } = await open(t);
  const client = new URL('../../lib/client/index.js', import.meta.url).href.replace('/spec/../', '/');
  const holder = new Worker(
    `import(${JSON.stringify(client)}).then(async ({ connectSnare }) => {
      const snare = await connectSnare({ url: ${JSON.stringify(url)} });
      await snare.scenario({ steps: [{ type: 'noop' }], lease: '2s' });
      require('node:worker_threads').parentPort.postMessage('holds');
      setInterval(() => {}, 1000);
    })`,
    { eval: true, execArgv: [] },
  );
  await once(holder, 'message');
  t.is((await call('GET', '/faults')).body.length, 1);
  await holder.terminate();
  t.truthy(await until(() => instance.faults.list.all.length === 0, 10_000));
});

test('an error has the status of the response, or the URL of an unreachable control API', async (t) => {
  const { url, snare } = await open(t);
  await t.throwsAsync(snare.faults.add({ type: 'amqp_close', attributes: { code: 5 } }), {
    name: 'ControlError',
    message: /code must be one of/,
  });
  await t.throwsAsync(connectSnare({ url, proxy: 'nobody' }), { message: /^there is no proxy nobody: .* has amqp$/ });
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  await t.throwsAsync(connectSnare({ url: nowhere }), {
    message: `cannot reach a control API at ${nowhere} (ECONNREFUSED): is rabbit-snare running there?`,
  });
  await t.throwsAsync(connectSnare({ url: 'http://' }), { message: /must be like http:\/\/127\.0\.0\.1:8474/ });
});

test('with a token, only requests that send it are accepted', async (t) => {
  const { url } = await startControl(t, `${CONFIG}\ncontrol: {listen: 127.0.0.1:0, token: secret}`, {
    token: 'secret',
  });
  await t.throwsAsync(connectSnare({ url }), { message: /token is missing or wrong/ });
  const snare = await connectSnare({ url, token: 'secret' });
  t.is((await snare.reports()).length, 0);
});

test('the address of the proxy can be given, as the published port of a container', async (t) => {
  const { url } = await open(t);
  const snare = await connectSnare({ url, address: '[::1]:15673' });
  t.deepEqual([snare.url, snare.host, snare.port], ['amqp://guest:guest@[::1]:15673', '::1', 15673]);
  await t.throwsAsync(connectSnare({ url, address: 'localhost' }), {
    name: 'ControlError',
    message: /^address must be HOST:PORT, .*, not "localhost"$/,
  });
});

test('log entries are explained, and a log is summarized', async (t) => {
  const { snare } = await open(t);
  const entry = 'closing AMQP connection <0.1.0> (10.0.0.7:50122 -> 10.0.0.2:5672):\n{bad_header,<<"amqp0091">>}\n';
  const [explained] = await snare.explain(entry);
  t.like(explained?.explanation, { reason: 'bad_header', client: '10.0.0.7:50122' });
  const summary = await snare.explainLog(entry.repeat(3), { top: 1 });
  t.like(summary.sources[0], { source: '10.0.0.7', count: 3 });
});

test('healthChecks can be changed and changed back, and a scenario undoes them', async (t) => {
  const { snare } = await open(t);
  const fail = [{ sources: ['127.0.0.1'], answer: 'fail' }] as const;
  await snare.answerHealthChecks(fail);
  t.is(await (await dialWire(t, snare)).how(), 'rst');
  t.like(await snare.nextReport(), { healthCheckAnswer: 'fail' });
  await snare.answerHealthChecks('forward');
  await t.throwsAsync(snare.answerHealthChecks('off' as never), { message: /healthChecks must be one of/ });
  const run = await snare.scenario({ steps: [{ healthChecks: fail }] });
  t.is(await (await dialWire(t, snare)).how(), 'rst');
  await run.stop();
  await (await connect(snare.url)).close();
});
