import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { CERTIFICATE_PROBLEMS, type CertificateProblem } from '../../lib/tls/certificate-problem.js';
import { ERLANG_TLS } from '../../lib/tls/erlang-tls.js';
import { startFaulty } from '../support/faults.js';
import { temporaryDirectory } from '../support/program.js';
import type { ProxyOptions } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls, pem, pemPath } from '../support/secure-wire.js';
import type { Listening } from '../support/server.js';
import { within } from '../support/within.js';

const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const caOf = (name: string) => ({ ca_cert: pemPath(name), ca_key: pemPath(`${name}-key`) });

const start = (t: ExecutionContext, fault: FaultInput, options: ProxyOptions = {}) =>
  startFaulty(t, [{ name: 'here', ...fault }], { tls: TLS, ...options });

/** Connects as most programs do. @returns the error code, or null, and the socket */
async function tryTls(t: ExecutionContext, { host, port }: Listening, options: ConnectionOptions) {
  const socket: TLSSocket = connect({ host, port, servername: 'broker.example', ...options });
  t.teardown(() => socket.destroy());
  const failed = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? null);
  const secured = once(socket, 'secureConnect').then(() => null);
  secured.catch(() => {});
  failed.catch(() => {});
  const code = await within(Promise.race([failed, secured]), 'the end of a TLS handshake');
  return { code, socket };
}

/** What Node.js says about each problem if it trusts the CA. */
const CODES: Readonly<Record<CertificateProblem, string>> = {
  expired: 'CERT_HAS_EXPIRED',
  not_yet_valid: 'CERT_NOT_YET_VALID',
  other_host: 'ERR_TLS_CERT_ALTNAME_INVALID',
  unknown_ca: 'SELF_SIGNED_CERT_IN_CHAIN',
};

for (const ca of ['signing-ca', 'rsa-ca']) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const problem of CERTIFICATE_PROBLEMS) {
      test(`${version}, ${ca}: a client refuses a certificate that is ${problem}, and the next one is served`, async (t) => {
        const attributes = { problem, ...(problem === 'unknown_ca' ? {} : caOf(ca)) };
        const { proxy } = await start(t, { type: 'tls_certificate', attributes, times: 1 });
        const trusted = [pem('ca'), pem(ca)];
        const options = { ca: trusted, minVersion: version, maxVersion: version } as const;
        t.is((await tryTls(t, proxy, options)).code, CODES[problem]);
        const report = await proxy.nextReport();
        t.like(report, {
          decision: 'fault',
          fault: { type: 'tls_certificate', at: 'client-hello' },
          tls: { terminated: true },
        });
        t.is((await tryTls(t, proxy, options)).code, null);
      });
    }
  }
}

for (const [servername, host] of [
  ['broker.example', 'DNS:broker.example'],
  [undefined, 'IP Address:127.0.0.1'],
] as const) {
  test(`the certificate is for ${host}, and is made once`, async (t) => {
    const { proxy } = await start(t, { type: 'tls_certificate', attributes: { problem: 'expired' } });
    const certificates: X509Certificate[] = [];
    for (let nth = 0; nth < 2; nth++) {
      const { socket } = await tryTls(t, proxy, { rejectUnauthorized: false, servername: servername ?? '' });
      const certificate = socket.getPeerX509Certificate() as X509Certificate;
      certificates.push(certificate);
      t.is(certificate.subjectAltName, host);
      t.true(Date.parse(certificate.validTo) < Date.now());
    }
    t.is(certificates[0]?.fingerprint, certificates[1]?.fingerprint);
  });
}

test('a client that does not verify is served as usual, and presents its own certificate', async (t) => {
  const credentials = { secureContext: contextOf('server', 'ca'), authorities: [pem('ca')] };
  const tls = { credentials, requestCert: true };
  const { proxy, upstream } = await start(t, { type: 'tls_certificate' }, { tls });
  const own = { cert: pem('client'), key: pem('client-key') };
  const client = await dialSecured(t, proxy, { rejectUnauthorized: false, ...own });
  await client.send(HEADER);
  const broker = await upstream.next();
  t.deepEqual(await broker.octets(HEADER.length), Buffer.from(HEADER));
  broker.rst();
  t.like(await proxy.nextReport(), { decision: 'fault', fault: { type: 'tls_certificate' } });
});

test('without the files of its CA, a client gets the alert internal_error', async (t) => {
  const folder = temporaryDirectory(t);
  const [cert, key] = [join(folder, 'ca.pem'), join(folder, 'ca-key.pem')];
  writeFileSync(cert, pem('signing-ca'));
  writeFileSync(key, pem('signing-ca-key'));
  const attributes = { ca_cert: cert, ca_key: key };
  const { proxy } = await start(t, { type: 'tls_certificate', attributes });
  t.is((await tryTls(t, proxy, { ca: [pem('signing-ca')] })).code, 'CERT_HAS_EXPIRED');
  rmSync(key);
  t.is((await tryTls(t, proxy, { ca: [pem('signing-ca')] })).code, 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR');
});

for (const [dialect, otp] of [
  ['3.8.9', 23],
  ['3.10.8', 25],
  ['4.0.5', 27],
] as const) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${dialect}, ${version}: tls_alert sends one record in place of the ServerHello`, async (t) => {
      const fault = { type: 'tls_alert', attributes: { alert: 'unrecognized_name' } } as const;
      const { proxy } = await start(t, fault, { dialect });
      const client = await dialTls(t, proxy, { minVersion: version, maxVersion: version });
      const { close } = ERLANG_TLS[otp];
      await t.throwsAsync(within(client.secured, 'a TLS handshake'), { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' });
      t.is((await client.how()).close, close);
      t.is(client.encrypted.toString('hex'), '15030300020270');
      client.fin();
      t.like(await proxy.nextReport(), {
        decision: 'fault',
        reason: { name: 'fault' },
        fault: { type: 'tls_alert', at: 'client-hello' },
        ended: { by: 'proxy', clientSaw: close },
      });
    });
  }
}
