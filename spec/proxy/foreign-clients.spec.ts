import test from 'ava';
import { Sources } from '../../lib/health-check/sources.js';
import { ascii, concat, httpGet } from '../support/bytes.js';
import { PLAYED_CHECKS } from '../support/played-checks.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { contextOf, dialSecured } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const ACCEPT = { accept: 'accept', send: 'off', trustedSources: ['127.0.0.1'] } as const;
const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const CURL = ascii('GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\n\r\n');

const remembering = (): Pick<ProxyOptions, 'sources'> => ({ sources: new Sources(10) });

// With a protocol header they need a broker, and are in spec/e2e/health-checks.spec.ts.
const alone = PLAYED_CHECKS.filter(({ sent, hasStart, overTls }) => sent !== undefined && !hasStart && !overTls);

for (const { name, sent = new Uint8Array(0), isAccepted, guess, isSignature } of alone) {
  test(`the proxy recognizes ${name}`, async (t) => {
    const upstream = await startUpstream(t);
    const options = isAccepted ? { proxyProtocol: ACCEPT } : {};
    const proxy = await startProxy(t, upstream, { ...remembering(), ...options });
    const client = await dialWire(t, proxy);
    await client.send(sent);
    client.fin();
    const { healthCheckOf, healthCheck } = await proxy.nextReport();
    t.like(healthCheckOf, guess);
    if (isSignature) t.true(healthCheck);
    t.is(upstream.connections, 0);
  });
}

test('the User-Agent of a request is in the report, and does not change its reason', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, remembering());
  const ask = async (octets: Uint8Array) => {
    await (await dialWire(t, proxy)).send(octets);
    return proxy.nextReport();
  };
  const [without, curl, kube] = [
    await ask(httpGet('/')),
    await ask(CURL),
    await ask(ascii('GET / HTTP/1.1\r\nUser-Agent: kube-probe/1.29\r\n\r\n')),
  ];
  t.is(curl.looksLike?.detail, `${without.looksLike?.detail}. Its User-Agent is curl/7.88.1`);
  t.is(kube.looksLike?.detail, `${without.looksLike?.detail}. Its User-Agent is kube-probe/1.29`);
  t.deepEqual(curl.reason, without.reason);
  t.is((await ask(CURL)).looksLike?.detail, curl.looksLike?.detail);
  t.is((await ask(httpGet('/'))).looksLike?.detail, without.looksLike?.detail);
});

test('a request is recognized in observe mode, where the server answers it', async (t) => {
  const upstream = await startUpstream(t, (wire) => void wire.octets(8).then(() => wire.fin()));
  const proxy = await startProxy(t, upstream, { ...remembering(), mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send(CURL);
  client.fin();
  t.regex((await proxy.nextReport()).looksLike?.detail ?? '', /curl\/7\.88\.1/);
});

test('a request is recognized inside TLS, and without TLS on a port with TLS', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), { ...remembering(), tls: TLS });
  const secured = await dialSecured(t, proxy);
  await secured.send(CURL);
  t.is((await proxy.nextReport()).healthCheckOf?.what, 'curl');
  const plain = await dialWire(t, proxy);
  await plain.send(CURL);
  t.is((await proxy.nextReport()).healthCheckOf?.what, 'curl');
});

test('a PROXY header before a request reveals no balancer’s check', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), { ...remembering(), proxyProtocol: ACCEPT });
  const client = await dialWire(t, proxy);
  await client.send(concat(ascii('PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672\r\n'), CURL));
  const { healthCheckOf, client: named, via } = await proxy.nextReport();
  t.is(healthCheckOf?.what, 'curl');
  t.is(named, '192.0.2.1:56324');
  t.is(via, client.address);
});

test('a request in many parts is recognized by the part that completes the header', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), remembering());
  const client = await dialWire(t, proxy);
  await client.send('GET ');
  await client.send('/ HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\n\r\n');
  t.is((await proxy.nextReport()).healthCheckOf?.what, 'curl');
});
