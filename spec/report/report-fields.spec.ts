import { readFileSync } from 'node:fs';
import test from 'ava';
import * as z from 'zod';
import { REASON_DOCS } from '../../lib/report/reason-docs.js';
import { REPORT_FIELDS } from '../../lib/report/report-fields.js';
import { openConnectionSchema, reportSchema } from '../../lib/report/report-schema.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';

const KEYS = Object.keys(REPORT_FIELDS);

/** Returns the sample reports in a Markdown page. */
function samplesIn(page: string): unknown[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/```json\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks.filter((block) => block.includes('"decision"')).map((block) => JSON.parse(block));
}

test('a report has every key of the table, in its order', (t) => {
  t.deepEqual(Object.keys(reportWith()), KEYS);
});

for (const reason of Object.values(REASONS)) {
  test(`the schema accepts a report with the reason ${reason.name}`, (t) => {
    const report = JSON.parse(JSON.stringify(reportWith({ reason })));
    t.deepEqual(reportSchema.parse(report), report);
  });
}

test('the schema describes every key and explains null', (t) => {
  const properties = z.toJSONSchema(reportSchema).$defs?.['Report']?.properties ?? {};
  t.deepEqual(Object.keys(properties), KEYS);
  for (const [key, property] of Object.entries(properties)) {
    t.regex((property as { description?: string }).description ?? '', /\.$/, key);
  }
  t.like(properties['tls'], { description: 'TLS between client and proxy. Null: the client did not use TLS.' });
});

test('the schema of an open connection has the keys in common with a report', (t) => {
  const shared = Object.keys(openConnectionSchema.shape).filter((key) => key !== 'upstreamOctets');
  t.deepEqual(shared, ['id', 'proxy', 'at', 'client', 'via', 'listen', 'upstream', 'stage', 'octets', 'handshake']);
});

for (const page of ['docs/reports.md', 'README.md']) {
  test(`the sample report in ${page} has every key, in order`, (t) => {
    const samples = samplesIn(page);
    if (page === 'docs/reports.md') t.is(samples.length, 1);
    for (const sample of samples) {
      t.deepEqual(Object.keys(sample as object), KEYS);
      t.deepEqual(reportSchema.parse(sample), sample);
    }
    t.pass();
  });
}

for (const [name, { examples }] of Object.entries(REASON_DOCS)) {
  test(`the docs have an example of the reason ${name}`, (t) => {
    t.true(examples.length > 0);
    for (const example of examples) t.is(example.name as string, name);
  });
}
