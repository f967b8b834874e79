import { Writable } from 'node:stream';
import test from 'ava';
import { ReportsFile } from '../../lib/report/reports-file.js';
import { ascii, concat } from '../support/bytes.js';
import { MemoryStream } from '../support/memory-stream.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';

/** A sink that accepts nothing until it is released, or that fails. */
class StuckStream extends Writable {
  private release: (() => void) | undefined;
  released = '';

  constructor() {
    super({ decodeStrings: false, highWaterMark: 1 });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.released += chunk;
    this.release = done;
  }

  go(): void {
    this.release?.();
  }
}

const problems: string[] = [];
const unexpected = (problem: string): void => void problems.push(problem);

const reports = [
  reportWith(),
  reportWith({ id: 'a-8', reason: REASONS.bad_header, header: ascii('amqp0091') }),
  reportWith({ id: 'a-9', reason: REASONS.bad_header, header: concat(ascii('"\\\n'), ascii('\0\x7f\xff""')) }),
  reportWith({ id: 'a-10', proxy: 'zoë "quoted"', client: null, via: '[::1]:1', upstream: 'stand-in' }),
];

test('each report is one line of JSON, in order', async (t) => {
  const sink = new MemoryStream();
  const file = new ReportsFile(sink, unexpected);
  for (const report of reports) file.add(report);
  await file.close();
  const lines = sink.text.split('\n');
  t.is(lines.pop(), '');
  t.deepEqual(
    lines,
    reports.map((report) => JSON.stringify(report)),
  );
});

test('reports added at the same time are written together', async (t) => {
  const sink = new MemoryStream();
  const file = new ReportsFile(sink, unexpected);
  for (const report of reports) file.add(report);
  t.deepEqual(sink.writes, []);
  await file.close();
  t.is(sink.writes.length, 1);
});

test('a report is written soon without a flush', async (t) => {
  const written = await new Promise<string>((resolve) => {
    const sink = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        resolve(chunk);
        done();
      },
    });
    new ReportsFile(sink, unexpected).add(reportWith());
  });
  t.is(written, `${JSON.stringify(reportWith())}\n`);
});

test('a sink without reports stays empty when closed', async (t) => {
  const sink = new MemoryStream();
  await new ReportsFile(sink, unexpected).close();
  t.true(sink.writableFinished);
  t.is(sink.text, '');
});

test('a failed sink is reported once, and nothing else is written to it', async (t) => {
  const told: string[] = [];
  let writes = 0;
  const sink = new Writable({
    write: (_chunk, _encoding, done) => {
      writes += 1;
      done(new Error('ENOSPC'));
    },
  });
  const file = new ReportsFile(sink, (problem) => told.push(problem));
  file.add(reportWith());
  const closed = file.close();
  sink.emit('error', new Error('again'));
  await closed;
  file.add(reportWith());
  await file.close();
  t.is(writes, 1);
  t.deepEqual(told.length, 1);
  t.regex(told[0] as string, /^cannot write reports any more: /);
});

test('reports that a slow sink cannot accept are dropped, and counted when it accepts data again', async (t) => {
  const told: string[] = [];
  const sink = new StuckStream();
  const file = new ReportsFile(sink, (problem) => told.push(problem));
  sink.write('x'.repeat(65 * 1024 * 1024));
  for (const report of reports) file.add(report);
  t.deepEqual(told, []);
  sink.go();
  await new Promise((resolve) => setImmediate(resolve));
  file.add(reportWith());
  const closed = file.close();
  t.deepEqual(told, [`${reports.length} reports were dropped because the disk or the reader is too slow`]);
  sink.go();
  await closed;
  t.is(sink.released.split('\n').length, 2);
});

test.after('a working sink causes no problem', (t) => {
  t.deepEqual(problems, []);
});
