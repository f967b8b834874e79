import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { type Running, startRunning, temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const A91 = '414d515000000901';
const A31 = '414d515003010000';

const configOf = (dialect: string): string => `upstream: stand-in\ndialect: ${dialect}\n`;

/** The farewell to a bad header, which shows the current dialect. */
async function farewell(t: Parameters<typeof dialWire>[0], running: Running): Promise<string> {
  const client = await dialWire(t, running);
  await client.send('amqp0091');
  await client.how();
  return client.received.toString('hex');
}

const says = (running: Running, text: string): Promise<unknown> =>
  until(() => running.stderr().includes(text), 10_000).then((found) => {
    if (!found) throw new Error(`it never said "${text}": ${running.stderr()}`);
  });

test.serial('a changed config file applies to the next connection, and the open one continues', async (t) => {
  const file = join(temporaryDirectory(t), 'snare.yaml');
  writeFileSync(file, configOf('3.10'));
  const running = await startRunning(t, ['--config', file]);
  t.is(await farewell(t, running), A91);
  const open = await dialWire(t, running);
  await open.send(HEADER);
  await open.octets(1);
  writeFileSync(file, configOf('4.0'));
  await says(running, 'the config was reloaded');
  t.is(await farewell(t, running), A31);
  // The stand-in answers a heartbeat, even in place of Start-Ok: the connection is alive.
  const before = open.receivedLength;
  await open.send(Buffer.from('08000000000000ce', 'hex'));
  await open.octets(before + 8);
});

test.serial('a ConfigMap is reloaded when its symbolic link is swapped', async (t) => {
  const folder = temporaryDirectory(t);
  for (const [version, dialect] of [
    ['..one', '3.10'],
    ['..two', '4.0'],
  ] as const) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'snare.yaml'), configOf(dialect));
  }
  symlinkSync('..one', join(folder, '..data'));
  symlinkSync('..data/snare.yaml', join(folder, 'snare.yaml'));
  const running = await startRunning(t, ['--config', join(folder, 'snare.yaml')]);
  t.is(await farewell(t, running), A91);
  symlinkSync('..two', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await says(running, 'the config was reloaded');
  t.is(await farewell(t, running), A31);
});

test.serial(
  'an invalid config file is rejected as a whole, with the position, and the running configuration stays',
  async (t) => {
    const file = join(temporaryDirectory(t), 'snare.yaml');
    writeFileSync(file, configOf('3.10'));
    const running = await startRunning(t, ['--config', file]);
    writeFileSync(file, `${configOf('4.0')}handshakeTimeout: soon\n`);
    await says(running, `the config was not reloaded, the running one stays in use: ${file}:3:19: handshakeTimeout`);
    t.is(await farewell(t, running), A91);
  },
);

test.serial('SIGHUP reloads, also without a config file', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in']);
  running.signal('SIGHUP');
  await says(running, 'the config was reloaded');
  t.is(await farewell(t, running), A91);
});

for (const [what, text] of [
  ['an empty', ''],
  ['a comment-only', '# soon\n'],
] as const) {
  test.serial(`${what} config file changes nothing`, async (t) => {
    const file = join(temporaryDirectory(t), 'snare.yaml');
    writeFileSync(file, configOf('3.10'));
    const running = await startRunning(t, ['--config', file]);
    writeFileSync(file, text);
    await says(running, `the config was not reloaded, the running one stays in use: ${file} is empty`);
    t.is(await farewell(t, running), A91);
  });
}

test.serial('a config file that vanishes changes nothing', async (t) => {
  const file = join(temporaryDirectory(t), 'snare.yaml');
  writeFileSync(file, configOf('3.10'));
  const running = await startRunning(t, ['--config', file]);
  rmSync(file);
  await says(running, `the running one stays in use: cannot read ${file}: no such file or directory`);
  t.is(await farewell(t, running), A91);
});

test.serial('a ready file that cannot be written is reported as such, and the new config is in use', async (t) => {
  const file = join(temporaryDirectory(t), 'snare.yaml');
  writeFileSync(file, configOf('3.10'));
  const running = await startRunning(t, ['--config', file]);
  rmSync(dirname(running.readyFile), { recursive: true });
  writeFileSync(file, configOf('4.0'));
  await says(running, 'the config was reloaded');
  t.regex(running.stderr(), /the ready file .* cannot be written/);
  t.notRegex(running.stderr(), /was not reloaded/);
  t.is(await farewell(t, running), A31);
});

test.serial('SIGUSR1 does not open a debugger', async (t) => {
  const running = await startRunning(t, ['--upstream', 'stand-in']);
  running.signal('SIGUSR1');
  await says(running, 'SIGUSR1 is ignored');
  t.is(await farewell(t, running), A91);
  t.notRegex(running.stderr(), /Debugger listening/);
});
