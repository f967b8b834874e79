import { readFileSync } from 'node:fs';
import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { connectSnare } from '../../lib/client/index.js';
import type { RabbitSnareContainer } from '../../lib/testcontainers/index.js';
import { containers, useFakeTestcontainers } from '../support/fake-testcontainers.js';
import { dialWire } from '../support/wire.js';

useFakeTestcontainers();
const testcontainers = await import('rabbit-snare/testcontainers');

type Manifest = {
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly dependencies: object;
  readonly devDependencies: object;
};
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** Starts a container, and returns it with what was asked of Docker. */
async function started(
  t: ExecutionContext,
  make: (container: RabbitSnareContainer) => RabbitSnareContainer = (container) => container,
) {
  const container = await make(new testcontainers.RabbitSnareContainer()).start();
  t.teardown(() => container.stop());
  return { container, record: containers.at(-1) as (typeof containers)[number] };
}

test.serial('the image is that of the version of the package, unless it is given', async (t) => {
  const { record } = await started(t);
  t.is(record.created.image, `ghcr.io/rabbit-snare/rabbit-snare:${manifest.version}`);
  const container = await new testcontainers.RabbitSnareContainer('mirror.example.com/snare:1').start();
  t.teardown(() => container.stop());
  t.is(containers.at(-1)?.created.image, 'mirror.example.com/snare:1');
});

test.serial(
  'it is started when the control API says that all listeners are open, or fails when it exits',
  async (t) => {
    const { record } = await started(t);
    t.deepEqual(record.created.waitFor, { path: '/healthz', port: 8474, abortOnContainerExit: true });
    t.deepEqual(record.created.ports, [5673, 8474]);
  },
);

test.serial('the config replaces that of the image', async (t) => {
  const { record } = await started(t, (container) => container.withConfig({ mode: 'observe' }));
  const [, path] = /^COPY <<EOF (.+)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  t.deepEqual(Object.keys(record.created.files), [path]);
});

test.serial('a client is refused and reported, and the client of the control API adds faults', async (t) => {
  const { container } = await started(t, (each) => each.withUpstream('stand-in').withConfig({ dialect: '4.1' }));
  const { client, url } = container;
  t.is(url, `amqp://guest:guest@localhost:${container.getMappedPort(5673)}`);
  t.deepEqual([client.url, client.host, client.port], [url, 'localhost', container.getMappedPort(5673)]);
  const wire = await dialWire(t, client);
  await wire.send('amqp0091');
  await wire.how();
  t.like(await client.nextReport(), { decision: 'refuse', dialect: '4.1', reason: { name: 'bad_header' } });
  const fault = await client.faults.add({ type: 'amqp_close', attributes: { at: 'open', code: 320 }, times: 1 });
  await t.throwsAsync(connect(url), { message: /ConnectionClose/ });
  await (await connect(url)).close();
  t.is((await fault.refresh()).seen.length, 1);
});

test.serial('the control API requires the token, which differs for each container', async (t) => {
  const { container } = await started(t);
  const { controlUrl: url, token } = container;
  t.is(url, `http://localhost:${container.getMappedPort(8474)}`);
  await t.throwsAsync(connectSnare({ url, token: 'wrong' }), { message: /token is missing or wrong/ });
  await t.notThrowsAsync(connectSnare({ url, token }));
  t.regex(token, /^[\w-]{32}$/);
  t.not((await started(t)).container.token, token);
  t.is((await started(t, (each) => each.withToken('mine'))).container.token, 'mine');
});

test.serial('containers are alike for reuse only if their config and their token are the same', async (t) => {
  const labels = async (make: (each: RabbitSnareContainer) => RabbitSnareContainer) =>
    (await started(t, make)).record.created.labels;
  const first = await labels((each) => each.withToken('a').withUpstream('stand-in'));
  t.deepEqual(await labels((each) => each.withToken('a')), first);
  t.notDeepEqual(await labels((each) => each.withToken('b')), first);
  t.notDeepEqual(await labels((each) => each.withToken('a').withConfig({ mode: 'observe' })), first);
});

test.serial('after a restart, the URLs and the client are those of the new ports', async (t) => {
  const { container } = await started(t);
  const { url, client } = container;
  await client.faults.add({ type: 'noop' });
  await container.restart();
  t.not(container.url, url);
  t.is(container.client.url, container.url);
  t.deepEqual(await container.client.faults.all(), []);
});

test.serial('stop ends the scenarios of the client, also at the end of a block', async (t) => {
  {
    await using container = await new testcontainers.RabbitSnareContainer().start();
    const run = await container.client.scenario({ steps: [{ type: 'noop' }] });
    await container.stop();
    t.true(run.isOver);
    await t.notThrowsAsync(run.over);
  }
  t.false(containers.at(-1)?.isRunning);
});

test.serial('a config that is not valid fails before a container is created', async (t) => {
  const before = containers.length;
  const starting = new testcontainers.RabbitSnareContainer().withUpstream('rabbitmq').start();
  await t.throwsAsync(starting, { name: 'ConfigError', message: /^upstream must be auto, stand-in or HOST:PORT/ });
  t.is(containers.length, before);
});

test.serial('a container whose control API cannot be used is stopped', async (t) => {
  const container = new testcontainers.RabbitSnareContainer();
  // As with an image that gets its token from elsewhere.
  const withCopy = container.withCopyContentToContainer;
  container.withCopyContentToContainer = (contents) =>
    withCopy.call(
      container,
      contents.map(({ content, target }) => ({ content: content.replace(/"token":"/, '$&other'), target })),
    );
  await t.throwsAsync(container.start(), { name: 'ControlError', message: /token is missing or wrong/ });
  t.false(containers.at(-1)?.isRunning);
});

test('testcontainers is an optional peer dependency, and is not installed with the package', (t) => {
  t.deepEqual(manifest.peerDependencies, { testcontainers: '^12.0.0' });
  t.deepEqual(manifest.peerDependenciesMeta, { testcontainers: { optional: true } });
  t.false('testcontainers' in { ...manifest.dependencies, ...manifest.devDependencies });
});
