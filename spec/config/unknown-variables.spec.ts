import test from 'ava';
import { unknownVariables } from '../../lib/config/unknown-variables.js';

test('the warning about an unknown variable suggests a similar one and does not quote the value', (t) => {
  t.deepEqual(unknownVariables({ RABBIT_SNARE_UPSTREM: 'secret', RABBIT_SNARE_ZZZ: '1', PATH: '/' }), [
    'RABBIT_SNARE_UPSTREM is unknown and was ignored (did you mean "RABBIT_SNARE_UPSTREAM"?)',
    'RABBIT_SNARE_ZZZ is unknown and was ignored',
  ]);
});

test('known, empty and Kubernetes-set variables cause no warning', (t) => {
  const value = 'x';
  t.deepEqual(
    unknownVariables({
      RABBIT_SNARE_CONFIG: value,
      RABBIT_SNARE_LISTEN: value,
      RABBIT_SNARE_ZZZ: '',
      RABBIT_SNARE_CONTROL_TOKEN: value,
      RABBIT_SNARE_CONTROL_TOKEN_FILE: value,
      RABBIT_SNARE_SERVICE_HOST: value,
      RABBIT_SNARE_PORT: value,
      RABBIT_SNARE_PORT_5673_TCP_ADDR: value,
    }),
    [],
  );
});
