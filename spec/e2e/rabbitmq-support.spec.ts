import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { greet } from '../support/rabbitmq/ready.js';
import { startRabbitmq } from '../support/rabbitmq.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

test('the shared broker answers the protocol header with Connection.Start, which names its version', async (t) => {
  const { port, version } = sharedRabbitmq();
  t.is(await greet(port), version);
});

test('the log of the shared broker shows why it refused a header', async (t) => {
  const broker = sharedRabbitmq();
  const log = broker.log.mark();
  const socket = connect(broker.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  const { localPort } = socket;
  socket.resume().write('HELLO123');
  // The answer of 4.1 and later, or that of earlier versions.
  const refusal = new RegExp(`127\\.0\\.0\\.1:${localPort} .*?(bad_header|did not start with AMQP).*?HELLO123`, 's');
  await t.notThrowsAsync(log.waitFor(refusal));
  t.notRegex(await broker.log.mark().text(), refusal);
});

test('waiting for a text that is never logged fails, and the error shows the log', async (t) => {
  const { log } = sharedRabbitmq();
  await t.throwsAsync(log.waitFor(/no such words/, 50), { message: /no such words.* within 50 ms. It logged:\n/s });
});

test('rabbitmqctl works against the shared broker', async (t) => {
  const { ctl, port } = sharedRabbitmq();
  t.regex(await ctl('eval', 'rabbit_networking:active_listeners().'), new RegExp(`amqp[^}]*},\\s*${port},`));
  await t.throwsAsync(ctl('no_such_command'));
});

test('a spec’s own broker uses its configuration, and leaves nothing when it is stopped or killed', async (t) => {
  const first = await startRabbitmq({ conf: { handshake_timeout: '1234' } });
  t.teardown(first.stop);
  const { port } = first;
  t.not(port, sharedRabbitmq().port);
  t.is((await first.ctl('eval', 'application:get_env(rabbit, handshake_timeout).')).trim(), '{ok,1234}');
  t.true(first.processes().some((line) => line.includes('beam')));

  await first.stop();
  await t.throwsAsync(greet(port), { code: 'ECONNREFUSED' });
  t.deepEqual(first.processes(), []);

  const second = await startRabbitmq({ port });
  t.teardown(second.stop);
  t.is(await greet(port), second.version);

  await second.kill();
  await t.throwsAsync(greet(port), { code: 'ECONNREFUSED' });
  t.deepEqual(second.processes(), []);
  t.regex(await second.log.text(), /closing AMQP connection/, 'the log stays');
});

test('the error for a broker that cannot start gives the cause', async (t) => {
  await t.throwsAsync(startRabbitmq({ conf: { no_such_key: '1' } }), {
    message: /exited during startup.*no_such_key/s,
  });
});
