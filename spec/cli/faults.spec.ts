import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import test from 'ava';
import { startProgram, startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const STAND_IN = ['--upstream', 'stand-in'];

test('--fault applies to the first connection, and the seed is logged', async (t) => {
  const fault = 'amqp_close at=open code=320 times=2';
  const running = await startRunning(t, [...STAND_IN, '--seed', '42', '--fault', fault, '--fault', 'noop']);
  const url = `amqp://127.0.0.1:${running.port}`;
  for (let at = 0; at < 2; at++) await t.throwsAsync(connect(url));
  const connection = await connect(url);
  await connection.close();
  t.regex(running.stderr(), /seed 42\n/);
});

test('--scenario starts before the first connection', async (t) => {
  const file = join(temporaryDirectory(t), 'scenario.yaml');
  writeFileSync(file, 'steps:\n  - {type: amqp_refuse, times: 1}\n');
  const running = await startRunning(t, [...STAND_IN, '--scenario', file]);
  const wire = await dialWire(t, running);
  await wire.send(HEADER);
  t.is(await wire.how(), 'rst');
  const connection = await connect(`amqp://127.0.0.1:${running.port}`);
  await connection.close();
});

test('a fault of the config file applies, and a changed one applies after a reload', async (t) => {
  const file = join(temporaryDirectory(t), 'snare.yaml');
  const write = (fault: string) => writeFileSync(file, `upstream: stand-in\nfaults:\n  - ${fault}\n`);
  write('{type: amqp_refuse}');
  const running = await startRunning(t, ['--config', file]);
  const first = await dialWire(t, running);
  await first.send(HEADER);
  t.is(await first.how(), 'rst');
  write('{type: noop}');
  await until(() => running.stderr().includes('the config was reloaded'), 10_000);
  const connection = await connect(`amqp://127.0.0.1:${running.port}`);
  await connection.close();
});

test('an invalid fault is rejected, and the rule is named', async (t) => {
  const { ended, stderr } = startProgram(t, ['--fault', 'amqp_close code=1', '--fault', 'amqp_clos']);
  t.like(await ended, { code: 2 });
  t.regex(stderr(), /--fault attributes.code must be one of 311, .*, not "1"/);
  t.regex(stderr(), /--fault type must be one of .*did you mean "amqp_close"/);
});
