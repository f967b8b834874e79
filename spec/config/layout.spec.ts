import test from 'ava';
import { layout } from '../../lib/config/layout.js';
import { loadConfig } from '../../lib/config/load.js';

const load = (text: string) => loadConfig({ argv: { config: 'c' }, env: {}, readFile: () => text }).config;

for (const text of [
  '',
  'proxies: []',
  'control: off',
  'tls: {cert: a, key: b}',
  'upstreamTls: {ca: system}\nproxies: [{name: a}, {name: b, upstreamTls: null, listen: "a:1"}]',
  'proxies: [{name: "#a"}, {name: "{b}", listen: "[::1]:1", upstream: stand-in, dialect: 3.10, handshakeTimeout: 1.5s}]',
  'reports: {file: "-"}\nreadyFile: "null"',
  'proxyProtocol: {trustedSources: ["::", "::1/128", 127.0.0.1, "::ffff:10.0.0.0/104"]}',
  `proxyProtocol: {trustedSources: [${Array(50).fill('2001:db8:1234:5678::/64').join(', ')}]}`,
  'proxyProtocol: {trustedSources: []}',
  'readyFile: "a: b # c"',
  'readyFile: "two\\nlines"',
]) {
  test(`the layout of ${JSON.stringify(text)} parses to the same config`, (t) => {
    const lines = layout(load(text)).map((line) => line.text);
    t.deepEqual(load(lines.join('\n')), load(text));
    t.true(lines.every((line) => !line.includes('\n')));
  });
}
