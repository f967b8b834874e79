import test from 'ava';
import { openFileLimit } from '../../lib/running/open-file-limit.js';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96364                96364                processes
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

test('the soft limit on open files is read', (t) => {
  t.is(
    openFileLimit(() => LIMITS),
    1024,
  );
});

test('an unlimited number of open files is no limit, and neither is an unknown one', (t) => {
  t.is(
    openFileLimit(() => LIMITS.replace('1024', 'unlimited')),
    null,
  );
  t.is(
    openFileLimit(() => {
      throw new Error('ENOENT');
    }),
    null,
  );
  t.is(
    openFileLimit(() => ''),
    null,
  );
});
