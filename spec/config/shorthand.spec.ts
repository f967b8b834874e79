import test from 'ava';
import * as z from 'zod';
import { key, section } from '../../lib/config/key.js';
import { addressOr, boolean } from '../../lib/config/kind.js';
import { shorthand } from '../../lib/config/shorthand.js';

const notes = { flag: null, description: 'A key.' };
const control = shorthand(
  section({
    listen: key(addressOr(0, 'off'), { ...notes, default: 'a:1' }),
    loud: key(boolean(), { ...notes, default: false }),
  }),
  'listen',
  'off',
);

test('text sets the short key, and the other keys have their defaults', (t) => {
  t.deepEqual(control.parse('b:2'), { listen: { host: 'b', port: 2 }, loud: false });
  t.deepEqual(control.parse(undefined), { listen: { host: 'a', port: 1 }, loud: false });
});

test('off is null and written as off, regardless of how it was set', (t) => {
  for (const written of ['off', { listen: 'off' }, { listen: 'off', loud: 'true' }]) {
    t.is(control.parse(written), null);
    t.is(z.encode(control, control.parse(written)), 'off');
  }
});

test('invalid text is an issue of the short key', (t) => {
  t.deepEqual(control.safeParse('nowhere').error?.issues[0]?.path, ['listen']);
});
