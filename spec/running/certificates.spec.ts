import { copyFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { listening, makeInstance, type TestInstance } from '../support/instance.js';
import { temporaryDirectory } from '../support/program.js';
import { until } from '../support/rabbitmq/until.js';
import { dialSecured, pemPath } from '../support/secure-wire.js';

const configOf = (folder: string): string =>
  `listen: 127.0.0.1:0\nupstream: stand-in\ncontrol: off\ntls: {cert: ${folder}/tls.crt, key: ${folder}/tls.key}`;

function put(folder: string, name: string): void {
  copyFileSync(pemPath(name), join(folder, 'tls.crt'));
  copyFileSync(pemPath(`${name}-key`), join(folder, 'tls.key'));
}

async function nameShown(t: ExecutionContext, listen: string | undefined): Promise<string> {
  const client = await dialSecured(t, listening(listen));
  client.rst();
  return String(client.tls.getPeerCertificate().subject.CN);
}

const said = ({ log }: TestInstance, text: RegExp) => until(() => text.test(log.text), 10_000);

test('new connections use certificates that were changed; bad ones are refused, and the old ones stay', async (t) => {
  const folder = temporaryDirectory(t);
  put(folder, 'server');
  const test = makeInstance(t, configOf(folder));
  const [{ listen } = {}] = (await test.instance.start()).proxies;
  t.is(await nameShown(t, listen), 'server');
  writeFileSync(join(folder, 'tls.crt'), 'half written');
  t.true(
    await said(
      test,
      /error.*amqp: the new files of tls are not used, and the old ones stay: tls.cert of proxy amqp must be/,
    ),
  );
  t.is(await nameShown(t, listen), 'server');
  put(folder, 'other-server');
  t.true(await said(test, /info.*amqp: new connections use the new files of tls/));
  t.is(await nameShown(t, listen), 'other-server');
});

test('a secret whose symbolic link is swapped is read again', async (t) => {
  const folder = temporaryDirectory(t);
  for (const [version, name] of [
    ['..one', 'server'],
    ['..two', 'other-server'],
  ] as const) {
    mkdirSync(join(folder, version));
    put(join(folder, version), name);
  }
  symlinkSync('..one', join(folder, '..data'));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(folder, name));
  const test = makeInstance(t, configOf(folder));
  const [{ listen } = {}] = (await test.instance.start()).proxies;
  t.is(await nameShown(t, listen), 'server');
  symlinkSync('..two', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  t.true(await said(test, /new connections use the new files of tls/));
  t.is(await nameShown(t, listen), 'other-server');
});

test('a config with a certificate that cannot be used does not start, and is not taken by a reload', async (t) => {
  const folder = temporaryDirectory(t);
  const message = /^tls.cert of proxy amqp must be a readable file, not ".*tls.crt": file not found\ntls.key of/;
  await t.throwsAsync(makeInstance(t, configOf(folder)).instance.start(), { instanceOf: ConfigError, message });
  const running = makeInstance(t, 'listen: 127.0.0.1:0\nupstream: stand-in\ncontrol: off');
  await running.instance.start();
  await t.throwsAsync(running.instance.reload(running.config(configOf(folder))), { instanceOf: ConfigError, message });
  put(folder, 'server');
  await running.instance.reload(running.config(configOf(folder)));
});
