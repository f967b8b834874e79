import test from 'ava';
import { guess, isSignature } from '../../lib/health-check/guess.js';
import { ascii } from '../support/bytes.js';
import { evidenceOfPlayed, PLAYED_CHECKS, type PlayedCheck } from '../support/played-checks.js';

for (const check of PLAYED_CHECKS) {
  const { name, from, guess: expected } = check;
  test(`${name} is recognized as ${expected.what} (${expected.confidence})`, (t) => {
    const found = guess(evidenceOfPlayed(check));
    t.like(found, expected, from);
    t.is(isSignature(found), check.isSignature ?? false);
  });
}

test('a guess is an object that can be shared, without the table’s own keys', (t) => {
  const evidence = evidenceOfPlayed(PLAYED_CHECKS[0] as PlayedCheck);
  const found = guess(evidence);
  t.is(found, guess({ ...evidence, durationMs: 3 }));
  t.deepEqual(Object.keys(found ?? {}), ['what', 'detail', 'confidence', 'advice']);
});

test('a guess is certain only if the bytes identify the program', (t) => {
  for (const check of PLAYED_CHECKS) {
    const { received, proxyHeader } = evidenceOfPlayed(check);
    if (guess(evidenceOfPlayed(check))?.confidence === 'certain')
      t.true(received > 0 || proxyHeader !== null, check.name);
  }
});

test('each guess has words for the program, and advice is one sentence with the exact line', (t) => {
  for (const check of PLAYED_CHECKS) {
    const { detail = '', advice = null } = guess(evidenceOfPlayed(check)) ?? {};
    t.true(detail.length > 0);
    if (advice === null) continue;
    t.regex(advice, /`[^`]+`/, check.name);
    t.notRegex(advice, /[.]\s+[A-Z]/, check.name);
    t.notRegex(advice, /\.$/, check.name);
  }
});

test('checks that the broker logs only at debug need no advice', (t) => {
  const quiet = PLAYED_CHECKS.filter(({ style, stays = 1 }) => style.startsWith('no_data') && stays < 500);
  t.true(quiet.length > 5);
  for (const check of quiet) t.is(guess(evidenceOfPlayed(check))?.advice, null, check.name);
});

test('octets of no known check are not guessed', (t) => {
  const octets = ascii('\x01\x02\x03\x04\x05\x06\x07\x08');
  const unknown = { name: '', from: '', style: 'other', sent: octets, close: 'fin' } as const;
  t.is(guess(evidenceOfPlayed({ ...unknown, guess: { what: '', confidence: 'possible' } })), null);
  t.false(isSignature(null));
});
