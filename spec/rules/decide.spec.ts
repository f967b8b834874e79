import test from 'ava';
import { type Decision, decide } from '../../lib/rules/decide.js';
import { A91, hex } from '../support/bytes.js';
import { REASONS } from '../support/reasons.js';

test('a good header is forwarded', (t) => {
  t.deepEqual(decide({ type: 'forward', quad: [0, 0, 9, 1] }, 'rst'), { action: 'forward' });
});

for (const close of ['rst', 'fin'] as const) {
  test(`a refusal has the reason and the farewell of the verdict, and ends with ${close} as the proxy does`, (t) => {
    const farewell = hex(A91);
    t.deepEqual<Decision, Decision>(decide({ type: 'refuse', reason: REASONS.bad_version, farewell }, close), {
      action: 'refuse',
      reason: REASONS.bad_version,
      farewell,
      close,
    });
  });

  test(`a client that ended before there was a verdict is answered with ${close} and nothing else`, (t) => {
    t.deepEqual<Decision, Decision>(decide({ type: 'none', reason: REASONS.connection_closed_abruptly }, close), {
      action: 'none',
      reason: REASONS.connection_closed_abruptly,
      close,
    });
  });
}
