import test from 'ava';
import { explainEntry } from '../../lib/explain/explain-entry.js';
import { TABLE } from '../../lib/explain/table.js';
import { UNKNOWN } from '../../lib/explain/unknown.js';
import { REASON_DOCS } from '../../lib/report/reason-docs.js';

const explained = (text: string) => explainEntry({ at: null, level: null, text });
const rows = [...TABLE.flatMap((family) => family.rows), UNKNOWN];

test('each row explains its examples', (t) => {
  for (const { name, examples } of rows) {
    for (const example of examples) t.is(explained(example)?.name, name, example);
  }
  t.true(rows.length > 150);
});

test('each row has a name of its own, which is the anchor of its docs', (t) => {
  const names = rows.map(({ name }) => name);
  t.is(new Set(names).size, names.length);
  for (const { name, examples } of rows) t.is(explained(examples[0])?.docs, `log-lines.md#${name}`);
});

test('no explanation has a hole where a value was expected', (t) => {
  for (const { examples } of rows) {
    for (const example of examples) {
      const { what = '', cause = '', fix = '' } = explained(example) ?? {};
      for (const text of [what, cause, fix]) {
        t.notRegex(text, /\{\w+\}|undefined|null|'\?'|\(\?\)| \?[ .,]/, example);
        t.regex(text, /^[A-Z0-9`'].*[.!]$/s, text);
      }
      t.notRegex(what, /\n/);
    }
  }
});

test('an explanation that names a reason has the name of a report', (t) => {
  for (const { examples } of rows) {
    for (const example of examples) {
      const reason = explained(example)?.reason ?? null;
      if (reason !== null) t.true(reason in REASON_DOCS, example);
    }
  }
});

test('each reason of a report that a broker logs has a row', (t) => {
  const named = new Set(rows.flatMap(({ examples }) => examples.map((example) => explained(example)?.reason)));
  /** Only the proxy has these. */
  const own = new Set(['upstream_unreachable', 'upstream_closed', 'limit', 'shutdown', 'fault', 'health_check_failed']);
  for (const reason of Object.keys(REASON_DOCS)) {
    t.is(named.has(reason as keyof typeof REASON_DOCS), !own.has(reason), reason);
  }
});
