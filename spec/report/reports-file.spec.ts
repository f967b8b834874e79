import test from 'ava';
import { systemClock } from '../../lib/clock.js';
import { LineOutput } from '../../lib/output/line-output.js';
import { StreamSink } from '../../lib/output/stream-sink.js';
import { reportLine } from '../../lib/report/report-line.js';
import { ReportsFile } from '../../lib/report/reports-file.js';
import { ascii, concat } from '../support/bytes.js';
import { MemoryStream } from '../support/memory-stream.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';

const reports = [
  reportWith(),
  reportWith({ id: 'a-8', reason: REASONS.bad_header, header: ascii('amqp0091') }),
  reportWith({ id: 'a-9', reason: REASONS.bad_header, header: concat(ascii('"\\\n'), ascii('\0\x7f\xff""')) }),
  reportWith({ id: 'a-10', proxy: 'zoë "quoted"', client: null, via: '[::1]:1', upstream: 'stand-in' }),
];

function fileIn(sink: MemoryStream): ReportsFile {
  const listener = { failed: () => {}, dropping: () => {}, recovered: () => {} };
  return new ReportsFile(new LineOutput(new StreamSink(sink), { clock: systemClock, gather: 20, listener }));
}

test('each report is one line of JSON, in order', async (t) => {
  const sink = new MemoryStream();
  const file = fileIn(sink);
  for (const report of reports) file.add(reportLine(report));
  await file.close();
  const lines = sink.text.split('\n');
  t.is(lines.pop(), '');
  t.deepEqual(
    lines,
    reports.map((report) => JSON.stringify(report)),
  );
});

test('a file without reports stays empty when closed', async (t) => {
  const sink = new MemoryStream();
  await fileIn(sink).close();
  t.deepEqual(sink.writes, []);
});
