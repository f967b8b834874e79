import { readFileSync } from 'node:fs';
import test from 'ava';
import { isToxiproxyCommandLine, parseToxiproxyFlags } from '../../lib/cli/toxiproxy-flags.js';
import { loadConfig } from '../../lib/config/load.js';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
};

/** The first group of a pattern that stands in the Dockerfile. */
function stated(pattern: RegExp): string {
  const [, found] = pattern.exec(dockerfile) ?? [];
  if (found === undefined) throw new Error(`the Dockerfile says nothing like ${pattern}`);
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

test('the image takes the flags of Toxiproxy’s server as its command, and its health check then reaches the API', (t) => {
  const args = stated(/^# +docker run --rm rabbit-snare (-.+?) +#/m).split(' ');
  t.true(isToxiproxyCommandLine(args));
  const { host, port } = parseToxiproxyFlags(args);
  t.deepEqual([host, port], ['0.0.0.0', config.control?.listen.port]);
});

test('without a config of yours the proxy can be reached from outside of the container', (t) => {
  t.is(file, stated(/^COPY <<EOF (.+)$/m));
  t.deepEqual(config.proxies[0]?.listen, { host: '0.0.0.0', port: 5673 });
});

test('variables of the image win over no config file', (t) => {
  t.deepEqual(dockerfile.match(/RABBIT_SNARE_\w+(?==)/g), ['RABBIT_SNARE_CONFIG']);
});

test('the ports that the image names are those of the config', (t) => {
  const ports = [...config.proxies.map(({ listen }) => listen.port), config.control?.listen.port];
  t.is(stated(/^EXPOSE (.+)$/m), ports.join(' '));
});

test('the health check asks the control API', (t) => {
  const [, , script] = JSON.parse(stated(/^HEALTHCHECK [\s\S]*?CMD (\[.+\])$/m)) as string[];
  t.true(script?.includes(`fetch('http://127.0.0.1:${config.control?.listen.port}/healthz')`));
});

test('the program is not root', (t) => {
  t.regex(stated(/^USER (.+)$/m), /^[1-9]\d*$/, 'Kubernetes cannot tell that a name is not root');
});

test('the labels say what the package says', (t) => {
  for (const [label, value] of [
    ['title', manifest.name],
    ['description', manifest.description],
    ['licenses', manifest.license],
  ] as const) {
    t.is(stated(new RegExp(`org\\.opencontainers\\.image\\.${label}="(.*)"`)), value);
  }
});

test('what the Dockerfile copies is let into the build', (t) => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from|<<)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  const allowed = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  t.deepEqual(copied.sort(), [...allowed].map(([, name = '']) => name).sort());
});
