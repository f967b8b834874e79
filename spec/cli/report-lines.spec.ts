import test from 'ava';
import { ReportLines } from '../../lib/cli/report-lines.js';
import { columnsOf } from '../../lib/text/columns.js';
import { ascii } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';
import { AT, reportWith } from '../support/report.js';

const one = { proxies: ['amqp'], color: false };
const several = { proxies: ['amqp', 'orders'], color: false };
const base = { at: AT, durationMs: 0 };
const refused = reportWith({ ...base, reason: REASONS.bad_header, header: ascii('amqp0091') });
const silent = reportWith({ ...base, reason: REASONS.connection_closed_with_no_data_received });
const { sentence } = refused.reason;

test('a line has time, severity, client, reason and sentence', (t) => {
  const line = new ReportLines(one).format(refused, ' [note]', null);
  t.is(line, `2026-11-23T05:57:07.527Z error   11.11.11.1:57752      bad_header                 ${sentence} [note]`);
});

test('the proxy is shown if there are several', (t) => {
  const lines = new ReportLines(several);
  t.regex(lines.format(refused, '', null), /Z error {3}amqp {3}11\./);
  t.regex(lines.format(reportWith({ ...base, proxy: 'orders' }), '', null), /Z error {3}orders 11\./);
});

test('the proxy is shown as soon as a second one appears', (t) => {
  const lines = new ReportLines(one);
  t.regex(lines.format(refused, '', null), /Z error {3}11\./);
  t.regex(lines.format(reportWith({ ...base, proxy: 'new' }), '', null), /Z error {3}new {2}11\./);
  t.regex(lines.format(refused, '', null), /Z error {3}amqp 11\./);
});

test('the client is shown with the load balancer that named it, and an unknown client as a dash', (t) => {
  const lines = new ReportLines(one);
  t.regex(
    lines.format(reportWith({ ...base, via: '10.0.0.9:1' }), '', null),
    / 11\.11\.11\.1:57752 via 10\.0\.0\.9:1 /,
  );
  t.regex(lines.format(reportWith({ ...base, client: null }), '', null), / error {3}- {20}/);
});

test('columns are aligned, and grow with a longer client or reason', (t) => {
  const lines = new ReportLines(one);
  lines.format(silent, '', null);
  lines.format(reportWith({ ...base, client: '[2001:db8:1234:5678:9abc:def0:1234:5678]:65535' }), '', null);
  const [first, second] = [refused, silent].map((report) =>
    lines.format(report, '', null).indexOf(report.reason.sentence),
  );
  t.is(first, second);
});

test('on a wide terminal the sentence is wrapped in its column', (t) => {
  const lines = new ReportLines(one).format(refused, '', 150).split('\n');
  t.true(lines.length > 1);
  t.true(lines.every((line) => columnsOf(line) <= 150));
  t.is(lines.map((line) => line.slice(67).trim()).join(' '), sentence);
  t.is(lines[0]?.slice(0, 67).trimEnd(), '05:57:07Z error   11.11.11.1:57752      bad_header');
  t.true(lines.slice(1).every((line) => line.startsWith(' '.repeat(67))));
});

test('on a terminal of 80 columns the sentence is on lines of its own', (t) => {
  const lines = new ReportLines(several).format(refused, '', 80).split('\n');
  t.is(lines[0], '05:57:07Z error   amqp   11.11.11.1:57752      bad_header');
  t.true(lines.every((line) => columnsOf(line) <= 80));
  t.is(
    lines
      .slice(1)
      .map((line) => line.trim())
      .join(' '),
    sentence,
  );
});

test('a reason that does not fit on the first line comes before the sentence', (t) => {
  const lines = new ReportLines(several).format(silent, '', 80).split('\n');
  t.is(lines[0], '05:57:07Z error   amqp   11.11.11.1:57752'.replace('error  ', 'info   '));
  t.regex(lines[1] ?? '', /^ {10}connection_closed_with_no_data_received: The client/);
});

test('severity and reason are colored, and the text is the same without the colors', (t) => {
  for (const columns of [null, 150, 80, 20]) {
    for (const report of [refused, silent]) {
      const colorful = new ReportLines({ ...one, color: true }).format(report, '', columns);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one.
      const plain = colorful.replaceAll(/\x1b\[\d+m/g, '');
      t.is(plain, new ReportLines(one).format(report, '', columns));
      t.not(colorful, plain);
    }
  }
});

test('names that a client chose cannot control the terminal', (t) => {
  const hostile = 'a\u001b[2J\u009b31m\u202e\r\nb';
  const report = { ...refused, proxy: hostile, client: hostile, via: hostile };
  const named = { ...report, reason: { ...report.reason, sentence: `user '${hostile}' 日本 e\u0301 left` } };
  for (const columns of [null, 150, 80, 20, 1]) {
    const text = new ReportLines(several).format(named, hostile, columns);
    t.notRegex(text.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}]/u);
  }
});
