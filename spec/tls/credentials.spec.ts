import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ConfigError } from '../../lib/errors.js';
import { type CredentialFiles, Credentials } from '../../lib/tls/credentials.js';
import { temporaryDirectory } from '../support/program.js';
import { pemPath } from '../support/secure-wire.js';

const SERVER: CredentialFiles = { cert: pemPath('server'), key: pemPath('server-key'), ca: null };
const read = (files: Partial<CredentialFiles>) => new Credentials({ ...SERVER, ...files }, (kind) => `tls.${kind}`);

function problems(t: ExecutionContext, files: Partial<CredentialFiles>): string {
  return t.throws(() => read(files), { instanceOf: ConfigError })?.message ?? '';
}

function file(t: ExecutionContext, text: string): string {
  const path = join(temporaryDirectory(t), 'file.pem');
  writeFileSync(path, text);
  return path;
}

test('certificate, key and CA are read', (t) => {
  t.truthy(read({}).secureContext);
  t.truthy(read({ ca: pemPath('ca') }).secureContext);
  t.truthy(read({ cert: null, key: null, ca: pemPath('ca') }).secureContext);
  t.truthy(read({ cert: null, key: null }).secureContext);
});

test('each missing or unreadable file is named', (t) => {
  const folder = temporaryDirectory(t);
  const [none, alsoNone] = [join(folder, 'none.pem'), join(folder, 'also-none.pem')];
  t.is(
    problems(t, { cert: none, key: alsoNone }),
    `tls.cert must be a readable file, not "${none}": file not found\n` +
      `tls.key must be a readable file, not "${alsoNone}": file not found`,
  );
  mkdirSync(join(folder, 'folder'));
  t.regex(problems(t, { ca: join(folder, 'folder') }), /^tls.ca must be .*: it is a directory$/);
});

test('an invalid certificate or key, or a key of another certificate, is rejected', (t) => {
  const text = file(t, 'hello');
  t.is(problems(t, { cert: text }), `tls.cert must be a certificate as PEM, not "${text}"`);
  t.is(
    problems(t, { cert: pemPath('server-key') }),
    `tls.cert must be a certificate as PEM, not "${pemPath('server-key')}"`,
  );
  t.is(problems(t, { ca: text }), `tls.ca must be certificates as PEM, not "${text}"`);
  t.is(problems(t, { key: text }), `tls.key must be a private key as PEM, without a passphrase, not "${text}"`);
  t.is(
    problems(t, { key: pemPath('client-key') }),
    `tls.key must be the key of the certificate in "${pemPath('server')}", not "${pemPath('client-key')}"`,
  );
  const broken = file(t, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  t.regex(problems(t, { cert: broken }), /^tls.cert must be a certificate as PEM/);
});

test('a key with a passphrase is rejected', (t) => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  });
  t.regex(problems(t, { key: file(t, privateKey) }), /^tls.key must be a private key as PEM, without a passphrase/);
});

test('changed files are reloaded, and the previous ones stay in use if they are invalid', (t) => {
  const folder = temporaryDirectory(t);
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: null };
  const put = (name: string) => {
    copyFileSync(pemPath(name), files.cert);
    copyFileSync(pemPath(`${name}-key`), files.key);
  };
  put('server');
  const credentials = new Credentials(files, (kind) => `tls.${kind}`);
  const first = credentials.secureContext;
  t.false(credentials.reload());
  t.is(credentials.secureContext, first);
  copyFileSync(pemPath('other-server'), files.cert);
  t.throws(() => credentials.reload(), { instanceOf: ConfigError, message: /tls.key must be the key of/ });
  t.is(credentials.secureContext, first);
  put('other-server');
  t.true(credentials.reload());
  t.not(credentials.secureContext, first);
});
