import test from 'ava';
import fc from 'fast-check';
import { type Accepted, Timeline, type TimelineCounts } from '../../lib/report/timeline.js';
import { ManualClock } from '../support/manual-clock.js';

const SLOT = 5_000;
const SLOTS = 180;
const MINUTE = 60_000;
const [DATA, HEADER] = ['connection_closed_with_no_data_received', 'bad_header'] as const;

/** A timeline, and a connection that ended after `ms`. */
function start() {
  const clock = new ManualClock();
  const timeline = new Timeline(clock);
  const accepted = (ms: number): Accepted => ({ at: clock.wall() - ms, ageMs: ms });
  return { clock, timeline, end: (reason: string, ms = 0) => timeline.ended(reason, accepted(ms)), accepted };
}

/** What is not 0, by how many slots ago it was: `-0` is the current slot. */
const ages = (row: readonly number[] = []): Record<number, number> =>
  Object.fromEntries(row.flatMap((count, at) => (count === 0 ? [] : [[row.length - 1 - at, count]])));
const all = ({ accepted, reasons }: TimelineCounts) => ({
  accepted: ages(accepted),
  ...Object.fromEntries(Object.entries(reasons).map(([reason, row]) => [reason, ages(row)])),
});

test('a timeline without connections has 180 empty slots of 5 s, of which the last one is now', (t) => {
  const { clock, timeline } = start();
  const { slotMs, from, accepted, reasons } = timeline.counts();
  t.is(slotMs, SLOT);
  t.is(accepted.length, SLOTS);
  t.true(accepted.every((count) => count === 0));
  t.deepEqual(reasons, {});
  t.is(from % SLOT, 0);
  const last = from + (SLOTS - 1) * SLOT;
  t.true(last <= clock.wall() && clock.wall() < last + SLOT);
});

test('a connection counts when it was accepted, and for its reason when it ended', (t) => {
  const { clock, timeline, end } = start();
  end(HEADER);
  clock.advance(20_000);
  end(HEADER, 10_000);
  end(DATA);
  t.deepEqual(all(timeline.counts()), { accepted: { 4: 1, 2: 1, 0: 1 }, [HEADER]: { 4: 1, 0: 1 }, [DATA]: { 0: 1 } });
});

test('open connections count as accepted, and only for the answer that was asked for', (t) => {
  const { clock, timeline, accepted } = start();
  clock.advance(MINUTE);
  t.deepEqual(all(timeline.counts([accepted(0), accepted(0), accepted(30_000)])), { accepted: { 0: 2, 6: 1 } });
  t.deepEqual(all(timeline.counts()), { accepted: {} });
});

test('a connection is counted once, in the same slot, while it is open and after its end', (t) => {
  const { clock, timeline, accepted } = start();
  clock.advance(2_500);
  const open = timeline.counts([accepted(7_499.9)]);
  timeline.ended(HEADER, accepted(7_499.9));
  t.deepEqual(timeline.counts().accepted, open.accepted);
});

test('after 15 minutes a connection is forgotten, and its reason with it', (t) => {
  const { clock, timeline, end } = start();
  end(HEADER);
  clock.advance(15 * MINUTE - SLOT);
  t.deepEqual(all(timeline.counts()), { accepted: { 179: 1 }, [HEADER]: { 179: 1 } });
  clock.advance(SLOT);
  t.deepEqual(all(timeline.counts()), { accepted: {} });
});

test('a connection that was accepted more than 15 minutes ago counts only where it ended', (t) => {
  const { clock, timeline, end, accepted } = start();
  clock.advance(60 * MINUTE);
  end(HEADER, 59 * MINUTE);
  t.deepEqual(all(timeline.counts([accepted(16 * MINUTE)])), { accepted: {}, [HEADER]: { 0: 1 } });
});

for (const gap of [MINUTE, 14 * MINUTE, 15 * MINUTE, 16 * MINUTE, 24 * 60 * MINUTE]) {
  test(`${gap / MINUTE} min without traffic are empty`, (t) => {
    const { clock, timeline, end } = start();
    for (let second = 0; second < 900; second++) {
      end(HEADER);
      clock.advance(1_000);
    }
    clock.advance(gap);
    end(DATA);
    const { accepted, reasons } = timeline.counts();
    const empty = Math.min(SLOTS - 1, gap / SLOT);
    t.true(accepted.slice(-1 - empty, -1).every((count) => count === 0));
    t.true(accepted.slice(1, -1 - empty).every((count) => count === 5));
    t.deepEqual(ages(reasons[DATA]), { 0: 1 });
  });
}

test('time in which the machine was suspended is a gap, and a connection from before it keeps its place', (t) => {
  const { clock, timeline, end, accepted } = start();
  end(HEADER);
  const open = accepted(0);
  clock.advance(10_000);
  clock.setWall(5 * MINUTE);
  const now = { ...open, ageMs: 10_000 };
  t.deepEqual(all(timeline.counts([now])), { accepted: { 62: 2 }, [HEADER]: { 62: 1 } });
  timeline.ended(DATA, now);
  t.deepEqual(all(timeline.counts()), { accepted: { 62: 2 }, [HEADER]: { 62: 1 }, [DATA]: { 0: 1 } });
});

test('a machine that was suspended for longer than 15 minutes shows nothing from before', (t) => {
  const { clock, timeline, end } = start();
  end(HEADER);
  clock.setWall(8 * 60 * MINUTE);
  t.deepEqual(all(timeline.counts()), { accepted: {} });
});

for (const back of [10_000, MINUTE, 60 * MINUTE, 365 * 24 * 60 * MINUTE]) {
  test(`a clock that is set back by ${back / 1000} s leaves everything at its age, and the last slot at the new time`, (t) => {
    const { clock, timeline, end, accepted } = start();
    end(HEADER);
    const open = accepted(0);
    clock.advance(30_000);
    clock.setWall(-back);
    const now = { ...open, ageMs: 30_000 };
    t.deepEqual(all(timeline.counts([now])), { accepted: { 6: 2 }, [HEADER]: { 6: 1 } });
    clock.advance(10_000);
    timeline.ended(DATA, { ...open, ageMs: 40_000 });
    end(HEADER);
    const counts = timeline.counts();
    t.deepEqual(all(counts), { accepted: { 8: 2, 0: 1 }, [HEADER]: { 8: 1, 0: 1 }, [DATA]: { 0: 1 } });
    const last = counts.from + (SLOTS - 1) * SLOT;
    t.true(last <= clock.wall() && clock.wall() < last + SLOT);
  });
}

test('a clock that is set back and forward again shows no connection twice and none in the future', (t) => {
  const { clock, timeline, end } = start();
  for (const by of [-60, 60, -1, 1, -30, 30]) {
    clock.setWall(by * MINUTE);
    end(HEADER);
    clock.advance(1_000);
  }
  const { accepted, reasons } = timeline.counts();
  const sum = (row: readonly number[] = []) => row.reduce((one, other) => one + other, 0);
  t.true(sum(accepted) <= 6);
  t.is(sum(accepted), sum(reasons[HEADER]));
});

test('the counts are those of a list of all connections', (t) => {
  const connection = fc.record({
    wait: fc.nat({ max: 120_000 }),
    ms: fc.nat({ max: 20 * MINUTE }),
    reason: fc.constantFrom(DATA, HEADER, 'handshake_timeout'),
  });
  fc.assert(
    fc.property(fc.array(connection, { maxLength: 60 }), (connections) => {
      const { clock, timeline, end } = start();
      const known: { at: number; end: number; reason: string }[] = [];
      for (const { wait, ms, reason } of connections) {
        clock.advance(wait);
        end(reason, ms);
        known.push({ at: clock.wall() - ms, end: clock.wall(), reason });
      }
      const { from, accepted, reasons } = timeline.counts();
      const slotsOf = (times: readonly number[]) => {
        const row = Array<number>(SLOTS).fill(0);
        for (const time of times)
          if (time >= from) row[Math.floor((time - from) / SLOT)] = (row[Math.floor((time - from) / SLOT)] ?? 0) + 1;
        return row;
      };
      t.deepEqual(accepted, slotsOf(known.map(({ at }) => at)));
      for (const reason of new Set(known.map((each) => each.reason))) {
        const row = slotsOf(known.filter((each) => each.reason === reason).map((each) => each.end));
        t.deepEqual(reasons[reason] ?? Array(SLOTS).fill(0), row);
      }
    }),
  );
});
