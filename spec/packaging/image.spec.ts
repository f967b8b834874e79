import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { parse } from 'yaml';
import { isToxiproxyCommandLine, parseToxiproxyFlags } from '../../lib/cli/toxiproxy-flags.js';
import { loadConfig } from '../../lib/config/load.js';
import { runToEnd } from '../support/run-to-end.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly repository: { readonly url: string };
  readonly bin: Readonly<Record<string, string>>;
};

/** The first group of a pattern that matches the Dockerfile. */
function stated(pattern: RegExp): string {
  const [, found] = pattern.exec(dockerfile) ?? [];
  if (found === undefined) throw new Error(`nothing in the Dockerfile matches ${pattern}`);
  return found;
}

/** The lines of a stage; the first one has what it is based on. */
function linesOf(name: string): readonly string[] {
  const stage = dockerfile.split(/^FROM /m).find((text) => text.split('\n')[0]?.endsWith(` AS ${name}`));
  return stage?.split('\n') ?? [];
}

/** The last stage, which is the image. */
const [last = ''] = dockerfile.split(/^FROM /m).slice(-1);
const image = { text: last, entrypoint: /^ENTRYPOINT (.+)$/m.exec(last)?.[1] ?? '' };

const { config, file } = loadConfig({
  argv: {},
  env: { RABBIT_SNARE_CONFIG: stated(/^ENV RABBIT_SNARE_CONFIG=(.+)$/m) },
  readFile: () => stated(/^COPY <<EOF .*\n([\s\S]*?)^EOF$/m),
});

test('the image runs the program of the package as process 1, and has its command', (t) => {
  const [[command, script] = []] = Object.entries(manifest.bin);
  t.deepEqual(JSON.parse(image.entrypoint), ['node', `/app/${script}`]);
  t.deepEqual(JSON.parse(stated(/^CMD (.+)$/m)), ['run']);
  t.is(stated(/^COPY --chmod=755 <<"SCRIPT" \/usr\/local\/bin\/(.+)$/m), command as string);
  t.is(stated(/^exec (.+)$/m), `node /app/${script} "$@"`);
});

test('the image accepts the flags of Toxiproxy’s server, and its health check still reaches the API', (t) => {
  const args = stated(/^# +docker run --rm rabbit-snare (-.+?) +#/m).split(' ');
  t.true(isToxiproxyCommandLine(args));
  const { host, port } = parseToxiproxyFlags(args);
  t.deepEqual([host, port], ['0.0.0.0', config.control?.listen.port]);
});

test('with the default config the proxy is reachable from outside the container', (t) => {
  t.is(file, stated(/^COPY <<EOF (.+)$/m));
  t.deepEqual(config.proxies[0]?.listen, { host: '0.0.0.0', port: 5673 });
});

test('the image sets no variable that overrides a config file', (t) => {
  t.deepEqual(dockerfile.match(/RABBIT_SNARE_\w+(?==)/g), ['RABBIT_SNARE_CONFIG']);
});

test('the exposed ports are those of the config', (t) => {
  const ports = [...config.proxies.map(({ listen }) => listen.port), config.control?.listen.port];
  t.is(stated(/^EXPOSE (.+)$/m), ports.join(' '));
});

test('the health check succeeds while the control API answers with 200', async (t) => {
  const [program = '', ...args] = JSON.parse(stated(/^HEALTHCHECK [\s\S]*?CMD (\[.+\])$/m)) as string[];
  let status = 200;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(status).end('{}');
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const published = `127.0.0.1/${config.control?.listen.port}`;
  t.true(args.at(-1)?.includes(published));
  const check = () =>
    runToEnd(
      program,
      args.map((arg) => arg.replace(published, `127.0.0.1/${port}`)),
    );
  t.is((await check()).code, 0);
  status = 503;
  t.not((await check()).code, 0);
  t.deepEqual(requests, ['GET /healthz', 'GET /healthz']);
  server.close();
  t.not((await check()).code, 0);
});

test('the only base image is an exact version of Node.js, which Dependabot updates', (t) => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+)(?: AS ([\w-]+))?$/gm)].map(([, from, name]) => ({ from, name }));
  t.is(stages.length, dockerfile.match(/^FROM /gim)?.length ?? 0);
  const names = ['scratch', ...stages.flatMap(({ name }) => name ?? [])];
  const bases = stages.map(({ from }) => from as string).filter((from) => !names.includes(from));
  t.is(bases.length, 1);
  t.regex(bases[0] as string, /^node:\d+\.\d+\.\d+-bookworm-slim$/);
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {
    readonly updates: readonly { readonly 'package-ecosystem': string; readonly directory: string }[];
  };
  t.like(
    updates.find((update) => update['package-ecosystem'] === 'docker'),
    { directory: '/' },
  );
});

test('the image has Node.js and bash, and nothing else of the base image, also not in a lower layer', (t) => {
  t.deepEqual(linesOf('runtime').slice(0, 2), ['scratch AS runtime', 'COPY --from=files /image /']);
  t.is(stated(/\$\(ldd (.+?) \|/), '/usr/local/bin/node /bin/bash');
  t.true(image.text.startsWith('runtime\n'));
  t.notRegex(image.text, /^RUN/m, 'no program of the base image is there to run');
});

test('the image leaves out what only a compiler or the bundler needs, and the client of the chaos profile', (t) => {
  t.regex(linesOf('build').join('\n'), /-name '\*\.d\.ts' -delete -o -name '\*\.map' -delete/);
  t.regex(linesOf('build').join('\n'), /find dist\/lib\/dashboard .* ! -name page -exec rm -r/);
  t.notRegex(image.text, /chaos-client|amqplib/);
});

test('the image builds for every platform: the production dependencies have no native code', (t) => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<
      Record<string, { dev?: boolean; cpu?: unknown; os?: unknown; hasInstallScript?: boolean }>
    >;
  };
  const production = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  t.true(production.length > 10);
  for (const [path, { cpu, os, hasInstallScript }] of production) {
    t.deepEqual([cpu, os, hasInstallScript], [undefined, undefined, undefined], path);
    const native = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(node|so|dylib|dll|exe)$/.test(name),
    );
    t.deepEqual(native, [], path);
  }
  t.notRegex(dockerfile, /x86_64|amd64(?!,)|aarch64|--platform=/);
});

test('the program does not run as root', (t) => {
  t.regex(stated(/^USER (.+)$/m), /^[1-9]\d*$/, 'Kubernetes cannot verify a user name, only a number');
});

test('the labels match package.json', (t) => {
  for (const [label, value] of [
    ['title', manifest.name],
    ['description', manifest.description],
    ['licenses', manifest.license],
    ['source', manifest.repository.url.replace(/^git\+|\.git$/g, '')],
    ['documentation', `${manifest.repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/docs/docker.md`],
  ] as const) {
    t.is(stated(new RegExp(`org\\.opencontainers\\.image\\.${label}="(.*)"`)), value);
  }
});

test('the version and the revision of the labels are build arguments, and come last, where they rebuild nothing', (t) => {
  for (const [label, argument] of [
    ['version', 'VERSION'],
    ['revision', 'REVISION'],
  ] as const) {
    t.is(stated(new RegExp(`org\\.opencontainers\\.image\\.${label}="(.*)"`)), `$${argument}`);
    t.regex(image.text, new RegExp(`^ARG ${argument}=`, 'm'));
  }
  t.regex(image.text.slice(image.text.indexOf('ARG ')), /^(ARG \w+=\w+\n)+LABEL (.*\\\n)*.*\n$/);
});

test('.dockerignore allows exactly the files that the Dockerfile copies', (t) => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--|<<)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '));
  const allowed = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  t.deepEqual(copied.sort(), [...allowed].map(([, name = '']) => name).sort());
});
