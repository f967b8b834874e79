import test from 'ava';
import { layout } from '../../lib/config/layout.js';
import { loadConfig } from '../../lib/config/load.js';

const load = (text: string, argv: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) =>
  loadConfig({ argv: { config: 'c.yaml', ...argv }, env, readFile: () => text }).config;

const RULES = `healthChecks:
  - {sources: [10.0.0.0/8, "::1"], answer: local}
  - {sources: [192.0.2.7], answer: fail, style: header_only, failWith: refuse}
`;

test('rules are read from a file, for one proxy or for all', (t) => {
  const rules = [
    { sources: ['10.0.0.0/8', '::1'], answer: 'local', style: null, failWith: 'rst' },
    { sources: ['192.0.2.7'], answer: 'fail', style: 'header_only', failWith: 'refuse' },
  ];
  t.deepEqual(load(RULES).proxies[0]?.healthChecks, rules as never);
  const two = load(
    `${RULES}proxies:\n  - {name: a, listen: "127.0.0.1:1"}\n  - {name: b, listen: "127.0.0.1:2", healthChecks: fail}`,
  );
  t.deepEqual(
    two.proxies.map(({ healthChecks }) => healthChecks),
    [rules, 'fail'] as never,
  );
});

test('a flag and a variable take a word', (t) => {
  t.is(load(RULES, { 'health-checks': 'local' }).proxies[0]?.healthChecks, 'local');
  t.is(load(RULES, {}, { RABBIT_SNARE_HEALTH_CHECKS: 'fail' }).proxies[0]?.healthChecks, 'fail');
  t.throws(() => load('', { 'health-checks': 'never' }), {
    message: '--health-checks must be one of local, forward, fail, or a list of rules, not "never"',
  });
});

for (const [text, message] of [
  [
    'healthChecks: off',
    /^c.yaml:1:15: healthChecks must be one of local, forward, fail, or a list of rules, not "off"$/,
  ],
  [
    'healthChecks: [{sources: [x], answer: fail}]',
    /^c.yaml:1:27: healthChecks\[0\]\.sources\[0\] must be an IP address/,
  ],
  [
    'healthChecks: [{sources: [::1], answer: fail, style: login}]',
    /^c.yaml:1:54: healthChecks\[0\]\.style must be one of/,
  ],
  [
    'mode: observe\nhealthChecks: [{sources: ["::1"], answer: fail, style: http}]',
    /^c.yaml:2:15: healthChecks must not have a rule with the style http in observe mode/,
  ],
] as const) {
  test(`${text} is rejected with its position`, (t) => {
    t.throws(() => load(text), { message });
  });
}

test('rules survive writing and reading', (t) => {
  const config = load(RULES);
  const written = layout(config)
    .map(({ text }) => text)
    .join('\n');
  t.regex(written, /healthChecks: \[\{ ?sources: \[10\.0\.0\.0\/8, ("?)::1\1\], answer: local ?\}/);
  t.deepEqual(load(written), config);
});
