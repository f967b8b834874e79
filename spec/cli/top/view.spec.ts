import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import type { Snapshot } from '../../../lib/cli/top/snapshot.js';
import { topLines, type View } from '../../../lib/cli/top/view.js';
import { columnsOf } from '../../../lib/text/columns.js';
import { checkRow, faultView, proxyOverview, scenarioView, topSnapshot } from '../../support/top-snapshot.js';

const VIEW: View = {
  url: 'http://127.0.0.1:8474',
  sort: 'log',
  color: false,
  size: { columns: 80, rows: 24 },
  isPaused: false,
  problem: null,
};

const shown = (snapshot: Snapshot, view: Partial<View> = {}) => topLines(snapshot, { ...VIEW, ...view });
const textOf = (snapshot: Snapshot, view: Partial<View> = {}) => shown(snapshot, view).join('\n');

/** An instance on which much happens: more than fits on a screen. */
const busy = topSnapshot({
  faults: Array.from({ length: 9 }, (_, at) => faultView({ id: `amqp/f${at}` })),
  scenarios: [scenarioView()],
  sources: Array.from({ length: 40 }, (_, at) => checkRow({ source: `10.0.0.${at}` })),
  overview: {
    proxies: ['amqp', 'orders', 'billing'].map((name) => proxyOverview({ name, enabled: name !== 'orders' })),
  },
});

test('80 columns and 24 lines have everything important', (t) => {
  const lines = shown(busy);
  t.is(lines.length, 24);
  t.regex(lines[0] ?? '', /^rabbit-snare 0\.1\.0 on http:\/\/127\.0\.0\.1:8474, up 5\.0 min +06:02:07Z$/);
  t.is(lines[1], 'Broken on purpose: 9 faults, scenario restart, proxy orders is down.');
  t.is(lines[2], '3 open of at most 1,000: 1 header, 2 running');
  const text = lines.join('\n');
  t.regex(text, /^ +accepted +ended +forward +refuse +fault +none +checks$/m);
  t.regex(text, /^per second +12\.0 +11\.5 +3\.0 +8\.0 +0\.0 +0\.5 +0\.5$/m);
  t.regex(text, /^in all +1,237 +1,234 +400 +800 +0 +34 +30$/m);
  t.regex(text, /^reached +1,000 +900 +800 +700 +600 +500$/m);
  t.regex(text, /^ +3 +orders +down +127\.0\.0\.1:5673 +localhost:5672 +guard +RabbitMQ 4\.0\.5$/m);
  t.regex(text, /^scenario-1 +restart +1\/2 +90\.0 s +9\.0 s +amqp_close at=open$/m);
  t.regex(text, /^ 1\/2 +amqp\/f0 +on +amqp_close +at=open code=320$/m);
  t.regex(text, /^ +720 +bad_header +[ ▁▂▃▄▅▆▇█]+$/m);
  t.regex(text, /^ +24 +10\.0\.0\.0 +amqp +haproxy_amqp_check +2\.0 s +1\.0 s ago +86,400/m);
  t.regex(text, /^hits +fault .* 7 more$/m);
  t.regex(text, /^count +source .* \d\d more$/m);
  t.regex(lines[23] ?? '', /^q quit {2}p pause {2}s sort sources \(by log entries\) +live$/);
});

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
  { columns: 40, rows: 10 },
  { columns: 20, rows: 3 },
  { columns: 5, rows: 1 },
]) {
  test(`${size.columns} columns and ${size.rows} rows are filled exactly, and nothing is wider`, (t) => {
    for (const snapshot of [busy, topSnapshot()]) {
      const lines = shown(snapshot, { size });
      t.is(lines.length, size.rows);
      for (const line of lines) t.true(columnsOf(line) <= Math.max(size.columns, 'live'.length + 2), line);
    }
  });
}

test('a large window shows every row', (t) => {
  const text = textOf(busy, { size: { columns: 120, rows: 90 } });
  t.is(text.match(/haproxy_amqp_check/g)?.length, 40);
  t.notRegex(text, / more$/m);
  t.regex(text, /^share +100 % +90 % +80 % +70 % +60 % +50 %$/m);
  t.regex(text, /^median +- +10 ms +20 ms +30 ms +40 ms +50 ms$/m);
  t.regex(text, /^Not counted: 7 health checks, 1 AMQP 1\.0\.$/m);
});

test('without a terminal everything is shown once, without a footer', (t) => {
  const text = textOf(busy, { size: null });
  t.is(text.match(/haproxy_amqp_check/g)?.length, 40);
  t.notRegex(text, /q quit/);
});

for (const [what, snapshot, says] of [
  ['nothing', topSnapshot(), 'Nothing is broken on purpose.'],
  ['a fault', topSnapshot({ faults: [faultView()] }), 'Broken on purpose: 1 fault.'],
  ['a fault that is off', topSnapshot({ faults: [faultView({ enabled: false })] }), 'Nothing is broken on purpose.'],
  ['a fault that is spent', topSnapshot({ faults: [faultView({ hits: 2 })] }), 'Nothing is broken on purpose.'],
  ['a scenario', topSnapshot({ scenarios: [scenarioView({ name: null })] }), 'Broken on purpose: scenario scenario-1.'],
  [
    'checks that fail',
    topSnapshot({
      overview: {
        proxies: [
          proxyOverview({ name: 'a', healthChecks: 'fail' }),
          proxyOverview({
            name: 'b',
            healthChecks: [{ sources: ['::1'], answer: 'fail', style: null, failWith: 'rst' }],
          }),
          proxyOverview({ name: 'c', healthChecks: 'local' }),
        ],
      },
    }),
    'Broken on purpose: proxy a fails health checks, proxy b fails health checks.',
  ],
] as const) {
  test(`the second line says what is broken on purpose: ${what}`, (t) => t.is(shown(snapshot)[1], says));
}

test('the state of a fault is on, off or spent', (t) => {
  const faults = [faultView(), faultView({ enabled: false }), faultView({ hits: 2 }), faultView({ times: null })];
  const states = textOf(topSnapshot({ faults })).match(/(?<=amqp\/cut +)\w+/g);
  t.deepEqual(states, ['on', 'off', 'spent', 'on']);
});

test('sources are sorted by log entries, connections or the time they were last seen', (t) => {
  const at = (second: number) => `2026-11-23T06:02:0${second}.000Z`;
  const sources = [
    checkRow({ source: '10.0.0.1', count: 5, lastSeen: at(3) }),
    checkRow({ source: '10.0.0.2', count: 9, lastSeen: at(1) }),
    checkRow({ source: '10.0.0.3', count: 1, lastSeen: at(5) }),
  ];
  const order = (sort: View['sort']) =>
    textOf(topSnapshot({ sources }), { sort })
      .match(/(?<=10\.0\.0\.)\d/g)
      ?.join('');
  t.deepEqual([order('log'), order('count'), order('seen')], ['123', '213', '312']);
});

test('rates that are not known yet are dashes', (t) => {
  t.regex(textOf(topSnapshot({ rates: null })), /^per second( +-){7}$/m);
});

test('a problem replaces the title, and the last answer stays', (t) => {
  const lines = shown(busy, { problem: 'cannot reach a control API.', size: { columns: 120, rows: 24 } });
  t.is(lines[0], 'Not live: cannot reach a control API. The last answer is from 06:02:07Z.');
  t.deepEqual(lines.slice(1), shown(busy, { size: { columns: 120, rows: 24 } }).slice(1));
});

test('a pause is shown', (t) => {
  t.regex(shown(busy, { isPaused: true })[23] ?? '', /p continue .* paused$/);
});

test('colors are used only if requested, and do not change the text', (t) => {
  const colorful = textOf(busy, { color: true });
  t.notRegex(textOf(busy).replaceAll('\n', ''), /\p{Cc}/u);
  t.is(stripVTControlCharacters(colorful), textOf(busy));
  t.not(colorful, textOf(busy));
});

test('names cannot control the terminal', (t) => {
  const name = 'a\u001b[2J\u009b31m\u202e\r\nb日本';
  const hostile = topSnapshot({
    faults: [faultView({ id: name, attributes: { text: name } })],
    scenarios: [scenarioView({ name })],
    sources: [checkRow({ source: name })],
    overview: { proxies: [proxyOverview({ name, learned: { product: name, version: name, dialect: '4.0' } })] },
  });
  for (const size of [null, VIEW.size, { columns: 30, rows: 20 }]) {
    t.notRegex(textOf(hostile, { size, problem: name }).replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}]/u);
  }
});
