import test from 'ava';
import { EXPOSED, isExposed } from '../../lib/control/exposed.js';
import { configOf } from '../support/instance.js';

for (const [control, exposed] of [
  ['off', false],
  ['127.0.0.1:8474', false],
  ['localhost:8474', false],
  ['"[::1]:8474"', false],
  ['0.0.0.0:8474', true],
  ['"[::]:8474"', true],
  ['10.0.0.1:8474', true],
  ['snare:8474', true],
  ['{listen: "0.0.0.0:8474", token: secret}', false],
  ['{listen: "0.0.0.0:8474", tokenFile: /run/token}', false],
] as const) {
  test(`control: ${control} is ${exposed ? '' : 'not '}open to everyone`, (t) => {
    t.is(isExposed(configOf(`control: ${control}`)), exposed);
  });
}

test('the warning is one line and names the settings', (t) => {
  t.regex(EXPOSED, /control\.token/);
  t.false(EXPOSED.includes('\n'));
});
