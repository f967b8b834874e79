import { variableOf } from './given.js';
import { GROUPS, type Group } from './groups.js';
import { type Key, keys } from './keys.js';
import { RESTART_KEYS } from './restart-keys.js';

const HEAD = `# Configuration

Generated from lib/config (npm run generate).

Every setting is a key of the config file. Most are also a flag of \`rabbit-snare run\` and an environment variable. All of
them are optional. A value is taken from the first of these that sets it:

1. the flag: \`--handshake-timeout 2s\`
2. the environment variable: \`RABBIT_SNARE_HANDSHAKE_TIMEOUT=2s\`
3. the config file: \`handshakeTimeout: 2s\`
4. the default

A flag may be given only once. An empty environment variable is ignored, and so is an unknown \`RABBIT_SNARE_\` variable, with a
warning in the log.

These commands help you get a config right:

- \`rabbit-snare config show\` prints the effective config and where each value came from, without secrets. It accepts
  the flags of \`run\`.
- \`rabbit-snare config check FILE\` validates a file and exits with code 2 if it has an error.
- \`rabbit-snare config schema\` prints the JSON schema for your editor.

## Config file

\`--config FILE\` or \`RABBIT_SNARE_CONFIG\` names the file, which is YAML or JSON. An invalid file stops startup with exit code 2.
Each error is printed with its file, line and column:

<!-- run first: printf 'mode: observe\\nhandshakeTimeout: soon\\n' > snare.yaml
npx rabbit-snare config check snare.yaml || true -->
\`\`\`
rabbit-snare: snare.yaml:2:19: handshakeTimeout must be a duration with a unit, such as 250ms, 10s or 2m, not "soon"
\`\`\`

[config/rabbit-snare.yaml](../config/rabbit-snare.yaml) has every key at its default.

### Several proxies

Without \`proxies\`, the keys of a proxy are at the top level and describe the only one. With \`proxies\`, each entry describes one
proxy, and keys at the top level are defaults for all of them:

\`\`\`yaml
handshakeTimeout: 5s       # for both proxies
proxies:
  - {name: amqp, listen: 127.0.0.1:5673, upstream: broker-1.example:5672, dialect: 3.13}
  - {name: edge, listen: 127.0.0.1:5674, upstream: broker-2.example:5672, mode: observe}
\`\`\`

Each proxy needs its own \`name\` and \`listen\`. Flags and environment variables apply to all proxies, so those of \`listen\` and
\`upstream\` are rejected if there are two or more.

### Values

- Durations have a unit: \`250ms\`, \`1.5s\`, \`2m\` or \`1h\`. The maximum is 24 h.
- Sizes are a number of bytes or have a unit: \`512\`, \`64KiB\`, \`1MiB\`.
- Versions keep their text. \`dialect: 3.10\` is 3.10 and not 3.1, with or without quotes.
- Addresses are \`HOST:PORT\`, with brackets around IPv6 addresses: \`[::1]:5673\`.
- In flags and environment variables, lists are separated by commas: \`10.0.0.0/8,::1\`.
- Paths are relative to the working directory.

### Reload

The config is read again on SIGHUP and when the file changes, including when Kubernetes swaps the symbolic link of a
ConfigMap. Open connections are kept, and so are faults and proxies added through the control API. Proxies can exchange their
ports; connects to these ports may then be refused for a few milliseconds. If the new config has an error or a new listener
cannot be opened, or the file is empty, nothing changes and the log says why. Changed certificate files are read again without a reload.

These keys are applied at the next start only: ${listed(RESTART_KEYS.map(code))}.

## Keys`;

const TABLE = '| key, flag, variable | values | default | description |\n| --- | --- | --- | --- |';

/** Text below a group's table. */
const NOTES: Partial<Readonly<Record<Group, string>>> = {
  Proxy:
    'TCP keepalive finds peers that vanished without a close, for example because their machine lost power. The first probe is sent\n' +
    'after `tcpKeepAlive` without traffic, then one each second; after 10 probes without an answer, 10 s after the first one, the\n' +
    'connection is ended. The other side is reset, and the report says that the peer vanished. Number and interval of the probes are set by\n' +
    'Node.js. While sent data is not acknowledged, the kernel sends it again instead of probing, and gives up after\n' +
    'about 15 minutes (Linux: `net.ipv4.tcp_retries2`). `tcpKeepAlive` is 0s or from 1s to 9h. See also [dialects.md](dialects.md).',
  'Control API':
    'A section with only `listen` can be written as its text: `control: 0.0.0.0:8474` or `control: off`. The token has no flag\n' +
    'because every user of the machine can see flags in the process list. `token` and `tokenFile` cannot both be set. See also\n' +
    '[control-api.md](control-api.md).',
  'Faults and seed':
    '`rabbit-snare run --fault` and `--scenario` also add faults at startup, for this run only. They have no key and no variable.\n' +
    'See also [faults.md](faults.md).',
  'Life cycle':
    'The ready file is renamed into place when every listener is open, and removed at shutdown:\n\n' +
    '```json\n' +
    '{"pid":1,"proxies":[{"name":"amqp","listen":"127.0.0.1:5673","upstream":"stand-in"}],"control":"http://127.0.0.1:8474"}\n' +
    '```\n\n' +
    '`control` is null if the control API is off. On SIGTERM or SIGINT, rabbit-snare accepts no new connections and waits up to\n' +
    '`drainTimeout` for open ones to end; a second signal ends them at once. The exit code is 0 after a shutdown, 1 after a failure such as\n' +
    'a port that is already in use, and 2 for an invalid flag or config.',
  Limits:
    'All proxies share the open files of the process, of which every connection needs two: one for the client and one for the\n' +
    'upstream (the stand-in needs a third). On Linux, rabbit-snare reads the limit (`Max open files`), sets some aside for itself and\n' +
    'the control API, and accepts only as many connections as the rest allows, whatever `maxConnections` is. If that is less than\n' +
    'the sum of `maxConnections`, the log has a warning at startup. To accept more connections, raise the limit: `ulimit -n`,\n' +
    '`LimitNOFILE` in systemd, `ulimits.nofile` in Docker Compose.\n\n' +
    'Memory is measured every 50 ms: what the process has for itself (on Linux without pages of files, which the kernel can take\n' +
    'back), and 8 KiB per open connection for the sockets in the kernel, which a container is charged for too. New connections are\n' +
    'refused from 85 % of `memoryLimit` on, until less than 80 % is used. The rest is for data that open connections carry, and for\n' +
    'the reports and log entries of refused ones. Without connections, rabbit-snare uses about 40 MiB, so give it 64 MiB or more.\n' +
    'The same shares apply to the heap limit of V8 (`--max-old-space-size`), also without a `memoryLimit`.\n\n' +
    'Node.js sizes its heap by the machine, not by a small container. In a container of less than 1 GiB, `run` and `toxiproxy`\n' +
    'therefore start Node.js again in the same process, with `--max-old-space-size` and `--max-semi-space-size` for that container;\n' +
    'a size that you set yourself, also in `NODE_OPTIONS`, is kept. Garbage is then collected more often, which makes connections\n' +
    'slower. Node.js before 22.15 cannot do this: there, set the sizes in `NODE_OPTIONS`.\n\n' +
    'A connection over any limit is reset immediately, and its report has the reason `limit`. `GET /healthz` and\n' +
    '[metrics.md](metrics.md) have the limits of the process and what is used of them.',
  'PROXY protocol': 'See also [proxy-protocol.md](proxy-protocol.md).',
  'Reports and log': 'See also [reports.md](reports.md).',
  TLS:
    '`tls` and `upstreamTls` are null until one of their keys is set. `cert` and `key` must be set together. In an entry of\n' +
    '`proxies`, `tls: null` switches off TLS that the top level sets. A file that cannot be used stops startup with exit code 2; on\n' +
    'a later change the previous certificates stay in use. See also [tls.md](tls.md).',
};

/** Placeholders of the syntax in words. Everything else in a syntax is literal. */
const WORDS: Readonly<Record<string, string>> = {
  'CIDR, ...': 'list of IP addresses or subnets',
  DURATION: 'duration',
  FILE: 'path',
  HOST: 'host name',
  'HOST, ...': 'list of host names',
  SIZE: 'size',
  NAME: 'text without whitespace or slashes',
  TEXT: '1 to 4096 visible ASCII characters',
  VERSION: 'a RabbitMQ version from 3.6',
  '[FAULT, ...]': 'list of [faults](faults.md)',
  '[RULE, ...]': 'list of [rules](health-checks.md#answer-health-checks)',
};

/** The text of docs/configuration.md: an introduction, then every key by group. */
export function configDocs(): string {
  const groups = GROUPS.map((group) => {
    const rows = keys.filter((key) => key.group === group).map(row);
    return [`### ${group}`, [TABLE, ...rows].join('\n'), NOTES[group] ?? []].flat().join('\n\n');
  });
  return `${[HEAD, ...groups].join('\n\n')}\n`;
}

function row(key: Key): string {
  const { description, default: value, source } = key.notes;
  const sourced = source === undefined ? '' : ` (${source})`;
  const cells = [namesOf(key), valuesOf(key), `${defaultOf(value)}${marked(sourced, key)}`, marked(description, key)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function namesOf({ path, notes: { flag, variable } }: Key): string {
  const setBy = flag ?? variable;
  const names = [path.join('.'), flag === null ? [] : `--${flag}`, setBy === undefined ? [] : variableOf(setBy)].flat();
  return names.map(code).join('<br>');
}

function valuesOf({ syntax, minimum, maximum }: Key): string {
  if (minimum !== undefined)
    return maximum === undefined ? `integer, ${minimum} or more` : `integer, ${minimum} to ${maximum}`;
  return listed(
    syntax.split(' | ').map((word) => WORDS[word] ?? code(word)),
    'or',
  );
}

/** A sentence with links to other pages, and with identifiers and the key's own words as code. */
function marked(sentence: string, { syntax }: Key): string {
  const words = syntax.split(' | ').filter((word) => !/[A-Z]/.test(word));
  const literal = new RegExp(`(?<![\\w-])(${['\\w+_\\w+', '[a-z]+[A-Z]\\w+', ...words].join('|')})(?![\\w-])`, 'g');
  return sentence.replaceAll(literal, code('$1')).replaceAll(/docs\/([\w-]+\.md)/g, '[$1]($1)');
}

function defaultOf(value: Key['notes']['default']): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return code(String(value));
  return value.length === 0 ? 'empty' : value.map(code).join(', ');
}

function listed(words: readonly string[], before = 'and'): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ` ${before} `);
}

function code(text: string): string {
  return `\`${text}\``;
}
