import test from 'ava';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { inNamespace } from '../support/in-namespace.js';
import type { Counted } from '../support/invisible-checks.js';

/** What was counted in a network namespace with a real HAProxy, 30 visible connections and 7 dials that were refused. */
let counted: Counted;

test.before(async (t) => {
  t.timeout(300_000, 'installing HAProxy can take minutes');
  const { haproxy, iproute2 } = DEBIAN_PROGRAMS;
  const [program = '', ip = ''] = await findPrograms([haproxy, iproute2], (line) => console.error(`# ${line}`));
  counted = JSON.parse(await inNamespace(ip, 'dist/spec/support/invisible-checks.js', [program])) as Counted;
});

test('the plain checks of HAProxy are counted exactly, and no other connections', (t) => {
  const { checks, exact, metric, visible, attemptFails } = counted;
  t.true(checks >= 40);
  t.like(exact, { available: true, why: null, count: checks });
  t.is(metric, checks);
  t.is(visible, 30);
  // The kernel's counter of failed attempts has both.
  t.is(attemptFails, checks + 7);
});

test('while another process listens in the namespace, nothing is counted', (t) => {
  const { exact, shared, alone } = counted;
  t.like(shared, { available: false, count: exact.count });
  t.regex(shared.why ?? '', /^another process listens on 127\.0\.0\.1:9999 in this network namespace/);
  t.like(alone, { available: true, why: null, count: exact.count });
});
