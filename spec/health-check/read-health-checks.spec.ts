import test from 'ava';
import { parseHealthChecks } from '../../lib/health-check/read-health-checks.js';

test('rules are read with all their defaults', (t) => {
  const rules = [
    { sources: ['10.0.0.0/8', '::1'], answer: 'local' },
    { sources: '10.1.2.3, 10.1.2.4', answer: 'fail', style: 'header_only', failWith: 'silence' },
  ];
  t.deepEqual(parseHealthChecks(rules), [
    { sources: ['10.0.0.0/8', '::1'], answer: 'local', style: null, failWith: 'rst' },
    { sources: ['10.1.2.3', '10.1.2.4'], answer: 'fail', style: 'header_only', failWith: 'silence' },
  ]);
  t.deepEqual(parseHealthChecks(parseHealthChecks([])), []);
});

for (const word of ['local', 'forward', 'fail']) {
  test(`the word ${word} is a setting`, (t) => {
    t.is(parseHealthChecks(word) as string, word);
  });
}

test('what a rule contains can be given again', (t) => {
  const rules = parseHealthChecks([{ sources: ['10.0.0.0/8'], answer: 'fail', style: null, failWith: null }]);
  t.deepEqual(parseHealthChecks(rules), rules);
});

const rule = { sources: ['10.0.0.0/8'], answer: 'fail' };

for (const [input, message] of [
  ['off', 'healthChecks must be one of local, forward, fail, or a list of rules, not "off"'],
  [null, 'healthChecks must be one of local, forward, fail, or a list of rules, not null'],
  [rule, /^healthChecks must be one of local, forward, fail, or a list of rules, not /],
  [[7], 'healthChecks[0] must be a map, not 7'],
  [[{ ...rule, source: [] }], 'healthChecks[0] has an unknown key "source" (did you mean "sources"?)'],
  [[{ answer: 'fail' }], /^healthChecks\[0\]\.sources must be a list of 1 to 1000 IP addresses or subnets, not /],
  [[{ ...rule, sources: [] }], /^healthChecks\[0\]\.sources must be a list of 1 to 1000 /],
  [
    [{ ...rule, sources: ['10.0.0.0/33'] }],
    'healthChecks[0].sources[0] must be an IP address or a subnet such as 10.0.0.0/8 or ::1/128, not "10.0.0.0/33"',
  ],
  [[{ sources: ['::1'] }], /^healthChecks\[0\]\.answer must be one of local, forward, fail, not /],
  [
    [{ sources: ['::1'], answer: 'local', failWith: 'rst' }],
    'healthChecks[0].failWith must be set only if answer is fail, not local',
  ],
  [[{ ...rule, failWith: 'fin' }], 'healthChecks[0].failWith must be one of rst, silence, refuse, not "fin"'],
  [
    [{ ...rule, style: 'no_data' }],
    /^healthChecks\[0\]\.style must be one of .*, not "no_data": a check that only connects has succeeded .* connect_refuse makes it fail$/,
  ],
  [
    [{ ...rule, style: 'login' }],
    /^healthChecks\[0\]\.style must be .*, not "login": it is known only after the answer$/,
  ],
  [[{ ...rule, style: 'constructor' }], /, not "constructor"$/],
  [Array(101).fill(rule), 'healthChecks must have at most 100 rules'],
] as const) {
  test(`${JSON.stringify(input).slice(0, 80)} is rejected with a message that names its place`, (t) => {
    t.throws(() => parseHealthChecks(input), { message });
  });
}
