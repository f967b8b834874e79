import test from 'ava';
import fc from 'fast-check';
import { localSecond } from '../../lib/report/local-second.js';

test('each second has its own text, in local time', (t) => {
  const near = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_003_000 });
  const any = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(fc.oneof(near, any), (time) => {
      const { sortable, report, offset } = localSecond(time);
      t.is(Date.parse(`${sortable.replace(' ', 'T')}${offset}`), time - (time % 1000));
      const [, day, month, year, clock] = /^(\d+)-(\w{3})-(\d{4})::(.*)$/.exec(report) ?? [];
      t.is(Date.parse(`${day} ${month} ${year} ${clock} GMT${offset}`), time - (time % 1000));
    }),
  );
});
