import test from 'ava';
import { LineOutput } from '../../lib/output/line-output.js';
import type { Sink } from '../../lib/output/sink.js';
import { ManualClock } from '../support/manual-clock.js';

/** A file that accepts as much as it has room for, and then fails. */
class Disk implements Sink {
  text = '';
  before: string[] = [];
  room = Number.POSITIVE_INFINITY;
  isStuck = false;
  writes = 0;

  async write(octets: Uint8Array): Promise<number> {
    this.writes += 1;
    if (this.isStuck) await new Promise(() => {});
    const count = Math.min(octets.length, this.room);
    if (count === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    this.room -= count;
    this.text += Buffer.from(octets.subarray(0, count)).toString();
    return count;
  }

  async reopen(torn: number): Promise<void> {
    await this.close(torn);
    this.before.push(this.text);
    this.text = '';
  }

  async close(torn: number): Promise<void> {
    this.text = this.text.slice(0, this.text.length - torn);
  }
}

/** Lets pending promises settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function outputTo(disk: Disk) {
  const clock = new ManualClock();
  const events: (string | number)[] = [];
  const output = new LineOutput(disk, {
    clock,
    gather: 20,
    listener: {
      failed: (code) => events.push(code),
      dropping: () => events.push('dropping'),
      recovered: (lost) => events.push(lost),
    },
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { clock, events, output, pass };
}

test('lines that are added together are written together', async (t) => {
  const disk = new Disk();
  const { output, pass } = outputTo(disk);
  output.add('one');
  output.add('two');
  t.is(disk.writes, 0);
  await pass(20);
  t.is(disk.text, 'one\ntwo\n');
  t.is(disk.writes, 1);
});

test('a full disk is written to again when it has room, and no line is torn or lost', async (t) => {
  const disk = new Disk();
  const { output, events, pass } = outputTo(disk);
  disk.room = 6;
  output.add('first');
  output.add('second');
  await pass(20);
  t.is(disk.text, 'first\n');
  t.deepEqual(output.state, { failing: 'ENOSPC', lost: 0 });
  disk.room = 3;
  await pass(100);
  t.is(disk.text, 'first\nsec');
  disk.room = 1000;
  output.add('third');
  await pass(5_000);
  t.is(disk.text, 'first\nsecond\nthird\n');
  t.deepEqual(events, ['ENOSPC', 0]);
  t.deepEqual(output.state, { failing: null, lost: 0 });
});

test('attempts become rarer while they fail', async (t) => {
  const disk = new Disk();
  const { output, pass } = outputTo(disk);
  disk.room = 0;
  output.add('line');
  await pass(20);
  for (const wait of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
    const { writes } = disk;
    await pass(wait - 1);
    t.is(disk.writes, writes, `${wait} ms`);
    await pass(1);
    t.is(disk.writes, writes + 1, `${wait} ms`);
  }
});

test('lines beyond the bound are dropped, counted and reported once', async (t) => {
  const disk = new Disk();
  const { output, events, pass } = outputTo(disk);
  disk.room = 0;
  const line = 'x'.repeat(1024 * 1024 - 1);
  for (let count = 0; count < 20; count += 1) output.add(line);
  await pass(20);
  t.deepEqual(events, ['dropping', 'ENOSPC']);
  t.deepEqual(output.state, { failing: 'ENOSPC', lost: 4 });
  disk.room = Number.POSITIVE_INFINITY;
  await pass(100);
  t.deepEqual(events, ['dropping', 'ENOSPC', 4]);
  t.is(disk.text.length, 16 * 1024 * 1024);
  t.deepEqual(output.state, { failing: null, lost: 4 });
});

test('a reopened file begins with a whole line, and the old one ends with one', async (t) => {
  const disk = new Disk();
  const { output, pass } = outputTo(disk);
  disk.room = 8;
  output.add('first');
  output.add('second');
  await pass(20);
  t.is(disk.text, 'first\nse');
  disk.room = 1000;
  output.reopen();
  await settled();
  t.deepEqual(disk.before, ['first\n']);
  t.is(disk.text, 'second\n');
});

test('close writes what waits', async (t) => {
  const disk = new Disk();
  const { output } = outputTo(disk);
  output.add('last');
  await output.close();
  t.is(disk.text, 'last\n');
  output.add('late');
  await output.close();
  t.deepEqual(output.state, { failing: null, lost: 1 });
});

test('close gives up at once when writing fails, and leaves whole lines', async (t) => {
  const disk = new Disk();
  const { output, pass } = outputTo(disk);
  disk.room = 8;
  output.add('first');
  output.add('second');
  await pass(20);
  await output.close();
  t.is(disk.text, 'first\n');
});

test('close ends after its time limit when a write does not complete', async (t) => {
  const disk = new Disk();
  const { output, clock, pass } = outputTo(disk);
  disk.isStuck = true;
  output.add('line');
  await pass(20);
  let isClosed = false;
  const closed = output.close(2000).then(() => {
    isClosed = true;
  });
  await pass(1999);
  t.false(isClosed);
  clock.advance(1);
  await closed;
  t.is(clock.timers, 0);
});
