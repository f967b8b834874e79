import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { isToxiproxyCommandLine, parseToxiproxyFlags } from '../../lib/cli/toxiproxy-flags.js';
import { loadConfig } from '../../lib/config/load.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
};

/** The first group of a pattern that matches the Dockerfile. */
function stated(pattern: RegExp): string {
  const [, found] = pattern.exec(dockerfile) ?? [];
  if (found === undefined) throw new Error(`nothing in the Dockerfile matches ${pattern}`);
  return found;
}

const { config, file } = loadConfig({
  argv: {},
  env: { RABBIT_SNARE_CONFIG: stated(/^ENV RABBIT_SNARE_CONFIG=(.+)$/m) },
  readFile: () => stated(/^COPY <<EOF .*\n([\s\S]*?)^EOF$/m),
});

test('the image runs the command of the package', (t) => {
  const [[command, script] = []] = Object.entries(manifest.bin);
  t.is(stated(/^RUN ln -s (\S+)/m), `/app/${script}`);
  t.is(stated(/^RUN ln -s \S+ \/usr\/local\/bin\/(.+)$/m), command as string);
  t.deepEqual(JSON.parse(stated(/^ENTRYPOINT (.+)$/m)), [command]);
  t.deepEqual(JSON.parse(stated(/^CMD (.+)$/m)), ['run']);
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

test('the health check requests the control API', (t) => {
  const [, , script] = JSON.parse(stated(/^HEALTHCHECK [\s\S]*?CMD (\[.+\])$/m)) as string[];
  t.true(script?.includes(`fetch('http://127.0.0.1:${config.control?.listen.port}/healthz')`));
});

test('the only base image is an exact version of Node.js, which Dependabot updates', (t) => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\w+))?$/gm)].map(([, from, name]) => ({ from, name }));
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

test('the image has no package manager, also not in a lower layer', (t) => {
  const [runtime = '', image = ''] = dockerfile.split(/^FROM /m).slice(-2);
  t.regex(runtime, /^node AS runtime$/m);
  const removed = /^RUN rm -rf ((?:\\\n|.)+)$/m.exec(runtime)?.[1]?.split(/[\s\\]+/) ?? [];
  for (const program of ['npm', 'npx', 'corepack', 'yarn', 'yarnpkg'])
    t.true(removed.includes(`/usr/local/bin/${program}`));
  for (const folder of ['/usr/local/lib/node_modules', '/opt/yarn-*', '/root/.npm']) t.true(removed.includes(folder));
  const [from, files] = image.split('\n');
  t.deepEqual([from, files], ['scratch', 'COPY --from=runtime / /']);
  t.notRegex(image, /\b(npm|npx|yarn|corepack)\b/);
});

test('the program does not run as root', (t) => {
  t.regex(stated(/^USER (.+)$/m), /^[1-9]\d*$/, 'Kubernetes cannot verify a user name, only a number');
});

test('the labels match package.json', (t) => {
  for (const [label, value] of [
    ['title', manifest.name],
    ['description', manifest.description],
    ['licenses', manifest.license],
  ] as const) {
    t.is(stated(new RegExp(`org\\.opencontainers\\.image\\.${label}="(.*)"`)), value);
  }
});

test('.dockerignore allows exactly the files that the Dockerfile copies', (t) => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from|<<)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  const allowed = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  t.deepEqual(copied.sort(), [...allowed].map(([, name = '']) => name).sort());
});
