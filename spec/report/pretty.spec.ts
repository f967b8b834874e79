import test from 'ava';
import { prettyLine, prettyReport } from '../../lib/report/pretty.js';
import { ascii } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';
import { AT, reportWith } from '../support/report.js';

test('a line is the time in UTC, the severity and the text', (t) => {
  t.is(prettyLine(AT, 'error', 'text', false), '2026-11-23T05:57:07.527Z error   text');
  t.is(prettyLine(AT, 'warning', 'text', false), '2026-11-23T05:57:07.527Z warning text');
});

test('each severity has its own color, used only if requested', (t) => {
  const words = (['debug', 'info', 'warning', 'error'] as const).map((severity) => prettyLine(AT, severity, 'x', true));
  t.is(new Set(words.map((word) => /\p{Cc}\[(\d+)m/u.exec(word)?.[1])).size, 4);
  for (const word of words) t.regex(word, /Z \p{Cc}\[\d+m\w+ *\p{Cc}\[39m x$/u);
  t.notRegex(prettyLine(AT, 'error', 'x', false), /\p{Cc}/u);
});

test('the line of an ended connection has proxy, client, reason, term, decision and sentence', (t) => {
  const report = reportWith({ reason: REASONS.bad_header, header: ascii('amqp0091') });
  t.is(
    prettyReport(report),
    `amqp 11.11.11.1:57752 bad_header {bad_header,<<"amqp0091">>} refuse: ${report.reason.sentence}`,
  );
});

test('a term that equals the name or is null is left out; an unknown client is a dash', (t) => {
  for (const reason of [REASONS.connection_closed, REASONS.amqp1_0_plugin_not_enabled]) {
    const report = reportWith({ reason, client: null });
    t.is(prettyReport(report), `amqp - ${reason.name} refuse: ${report.reason.sentence}`);
  }
});

test('control characters and bidirectional overrides do not reach the terminal', (t) => {
  const line = prettyLine(0, 'info', 'a\x1b[31mb\u202ec\u009bd\ne', false);
  t.is(line, '1970-01-01T00:00:00.000Z info    a.[31mb.c.d.e');
});
