import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { startControl } from '../support/control.js';
import { configOf, makeInstance } from '../support/instance.js';
import { temporaryDirectory } from '../support/program.js';
import { pemPath } from '../support/secure-wire.js';

const PLAIN = 'upstream: stand-in\nlisten: 127.0.0.1:0\n';
const TLS = `${PLAIN}tls: {cert: ${pemPath('server')}, key: ${pemPath('server-key')}}\n`;
const CA = { ca_cert: pemPath('signing-ca'), ca_key: pemPath('signing-ca-key') };
const RESET = 'faults: [{type: tls_reset}]\n';
const NEEDS = 'needs a proxy with tls, and proxy "amqp" has none';

test('close_notify: false needs TLS, also in a change', async (t) => {
  const { call } = await startControl(t, PLAIN);
  const bare = { type: 'amqp_fin', attributes: { close_notify: false } };
  const error = `close_notify=false of fault "amqp/amqp_fin_downstream" ${NEEDS}`;
  t.like(await call('POST', '/faults', bare), { status: 400, body: { error } });
  t.is((await call('POST', '/faults', { type: 'amqp_fin' })).status, 201);
  const id = '/faults/amqp%2Famqp_fin_downstream';
  t.like(await call('PATCH', id, { attributes: bare.attributes }), { status: 400, body: { error } });
  t.like(await call('PATCH', id, { ...bare, enabled: false }), { status: 400 });
  t.like((await call('GET', id)).body, { enabled: true, attributes: { close_notify: true } });
});

test('on a proxy with tls, TLS faults are faults like any other', async (t) => {
  const { call } = await startControl(t, TLS);
  t.is((await call('POST', '/faults', { type: 'tls_certificate', attributes: CA })).status, 201);
  t.is((await call('POST', '/faults', { type: 'amqp_fin', attributes: { close_notify: false } })).status, 201);
  t.is((await call('POST', '/proxies/amqp/toxics', { type: 'tls_stall', attributes: { at: 'secured' } })).status, 200);
});

test('the files of a CA are checked when the fault is added', async (t) => {
  const folder = temporaryDirectory(t);
  const bad = join(folder, 'bad.pem');
  writeFileSync(bad, 'nothing');
  const { call } = await startControl(t, TLS);
  const missing = join(folder, 'missing.pem');
  for (const [attributes, error] of [
    [{ ca_cert: missing, ca_key: CA.ca_key }, `ca_cert of F must be a readable file, not "${missing}": file not found`],
    [{ ca_cert: bad, ca_key: CA.ca_key }, `ca_cert of F must be a certificate as PEM, not "${bad}"`],
    [{ ...CA, ca_key: bad }, `ca_key of F must be a private key as PEM, without a passphrase, not "${bad}"`],
    [
      { ...CA, ca_key: pemPath('rsa-ca-key') },
      `ca_key of F must be the key of the certificate in "${CA.ca_cert}", not "${pemPath('rsa-ca-key')}"`,
    ],
    [
      { ca_cert: pemPath('server'), ca_key: pemPath('server-key') },
      `ca_cert of F must be the certificate of a CA, not "${pemPath('server')}"`,
    ],
  ] as const) {
    const { status, body } = await call('POST', '/faults', { type: 'tls_certificate', attributes });
    t.deepEqual([status, body.error], [400, error.replace('F', 'fault "amqp/tls_certificate_downstream"')]);
  }
});

test('a config names the fault that needs TLS', (t) => {
  const [type, notify] = ['tls_alert', '{type: amqp_fin, attributes: {close_notify: false}}'];
  for (const [fault, problem] of [
    [`{type: ${type}}`, `faults[0].type must not be ${type}: the proxy has no tls`],
    [notify, 'faults[0].attributes.close_notify must not be false: the proxy has no tls'],
  ] as const) {
    const error = t.throws(() => configOf(`${PLAIN}faults: [${fault}]`), { instanceOf: ConfigError });
    t.true(error.message.includes(problem), error.message);
    t.notThrows(() => configOf(`${TLS}faults: [${fault}]`));
  }
});

test('a reload can add and remove tls together with the faults that need it', async (t) => {
  const { instance } = makeInstance(t, `${TLS}${RESET}control: off`);
  await instance.start();
  const names = () => instance.faults.list.all.map(({ fault }) => fault.type);
  await instance.reload(configOf(`${PLAIN}control: off`));
  t.deepEqual(names(), []);
  await instance.reload(configOf(`${TLS}${RESET}control: off`));
  t.deepEqual(names(), ['tls_reset']);
});

test('a reload that would remove the tls of an added fault changes nothing', async (t) => {
  const { instance, call } = await startControl(t, `${TLS}${RESET}`);
  await call('POST', '/faults', { type: 'tls_fin' });
  const error = await t.throwsAsync(instance.reload(configOf(`${PLAIN}control: 127.0.0.1:0`)), {
    instanceOf: ConfigError,
  });
  t.is(error.message, `tls_fin of fault "amqp/tls_fin_downstream" ${NEEDS}`);
  t.deepEqual(
    instance.faults.list.all.map(({ fault }) => fault.type),
    ['tls_reset', 'tls_fin'],
  );
  t.is((await call('POST', '/faults', { type: 'tls_stall' })).status, 201);
});

test('a reload that fails for another reason keeps the faults that need TLS', async (t) => {
  const { instance } = makeInstance(t, `${TLS}${RESET}control: off`);
  await instance.start();
  const missing = 'tls: {cert: missing.pem, key: missing.pem}';
  const other = `proxies:
  - {name: amqp, listen: '127.0.0.1:0', upstream: stand-in}
  - {name: b, listen: '127.0.0.1:0', upstream: stand-in, ${missing}}
control: off`;
  await t.throwsAsync(instance.reload(configOf(other)), { instanceOf: ConfigError });
  t.deepEqual(
    instance.faults.list.all.map(({ fault }) => fault.type),
    ['tls_reset'],
  );
});
