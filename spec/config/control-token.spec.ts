import test from 'ava';
import { controlTokenOf } from '../../lib/config/control-token.js';

test('the token is a variable, or the first line of a file', (t) => {
  t.is(controlTokenOf({}), null);
  t.is(controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: '' }), null);
  t.is(controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'secret' }), 'secret');
  t.is(
    controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/run/token' }, (path) => `${path}-secret\nmore`),
    '/run/token-secret',
  );
});

test('what is wrong is told without the token', (t) => {
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'se cret' }), {
    message: 'RABBIT_SNARE_CONTROL_TOKEN must be a text of 1 to 4096 visible ASCII characters',
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/run/token' }, () => ''), {
    message: /^RABBIT_SNARE_CONTROL_TOKEN_FILE: the first line of \/run\/token must be a text/,
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/no/such/file' }), {
    message: 'RABBIT_SNARE_CONTROL_TOKEN_FILE: /no/such/file cannot be read (ENOENT)',
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'a', RABBIT_SNARE_CONTROL_TOKEN_FILE: 'b' }), {
    message: /must not both be given/,
  });
});
