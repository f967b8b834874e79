import test from 'ava';
import { controlTokenOf, readControlToken } from '../../lib/config/control-token.js';

test('the token is read from a variable or the first line of a file', (t) => {
  t.is(controlTokenOf({}), null);
  t.is(controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: '' }), null);
  t.is(controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'secret' }), 'secret');
  t.is(
    controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/run/token' }, (path) => `${path}-secret\nmore`),
    '/run/token-secret',
  );
});

test('the token of a config is read from the config or the first line of its token file', (t) => {
  t.is(readControlToken({ token: null, tokenFile: null }), null);
  t.is(readControlToken({ token: 'secret', tokenFile: null }), 'secret');
  t.is(
    readControlToken({ token: null, tokenFile: '/run/token' }, () => 'secret\r\nmore'),
    'secret',
  );
});

for (const text of ['', '\nsecret', 'se cret', 'sécret', '***', `${'secret'.repeat(1000)}`]) {
  test(`a file that begins with ${JSON.stringify(text.slice(0, 8))} is rejected with its path and not quoted`, (t) => {
    const error = t.throws(() => readControlToken({ token: null, tokenFile: '/run/token' }, () => text));
    t.regex(error.message, /^control\.tokenFile: the first line of \/run\/token must be /);
    t.notRegex(error.message, /s[eé] ?cret\b(?!, not)/);
  });
}

test('errors do not quote the token', (t) => {
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'se cret' }), {
    message: 'RABBIT_SNARE_CONTROL_TOKEN must be 1 to 4096 visible ASCII characters',
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/run/token' }, () => ''), {
    message: /^RABBIT_SNARE_CONTROL_TOKEN_FILE: the first line of \/run\/token must be 1 to 4096/,
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN_FILE: '/no/such/file' }), {
    message: 'cannot read /no/such/file: no such file or directory',
  });
  t.throws(() => controlTokenOf({ RABBIT_SNARE_CONTROL_TOKEN: 'a', RABBIT_SNARE_CONTROL_TOKEN_FILE: 'b' }), {
    message: /must not both be set/,
  });
});
