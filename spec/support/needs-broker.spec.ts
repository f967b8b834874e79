import test from 'ava';
import { needsBroker, needsPrograms, needsTools } from './needs-broker.js';

test('a spec file that imports the shared broker needs it, directly or through another file', (t) => {
  t.true(needsBroker(['spec/e2e/faults.spec.ts']));
  t.true(needsBroker(['spec/e2e/handshake-removals.spec.ts']));
  t.true(needsBroker(['spec/e2e/ends.spec.ts:12']));
  t.true(needsBroker(['spec/amqp/header.spec.ts', 'spec/e2e/faults.spec.ts']));
});

test('other spec files do not need it, even if they start their own broker', (t) => {
  t.false(needsBroker(['spec/amqp/header.spec.ts']));
  t.false(needsBroker(['spec/amqp/header.spec.ts:8-12', '--verbose']));
  t.false(needsBroker(['spec/e2e/tls.spec.ts']));
});

test('a folder needs it when one of its spec files does', (t) => {
  t.true(needsBroker(['spec/e2e']));
  t.false(needsBroker(['spec/amqp', 'spec/proxy/']));
});

test('the value of an option is not a spec file', (t) => {
  t.false(needsBroker(['spec/amqp/header.spec.ts', '--match', '*hex*', '-T', '10s']));
});

test('the whole suite needs it, and a pattern may need it', (t) => {
  t.true(needsBroker([]));
  t.true(needsBroker(['--match', '*hex*']));
  t.true(needsBroker(['spec/amqp/**/*.spec.ts']));
});

test('a spec file that imports the list of programs needs them, and other files do not', (t) => {
  t.true(needsPrograms(['spec/e2e/other-clients.spec.ts']));
  t.true(needsPrograms(['spec/e2e/haproxy.spec.ts']));
  t.true(needsPrograms([]));
  t.false(needsPrograms(['spec/amqp/header.spec.ts', 'spec/e2e/faults.spec.ts']));
});

test('only spec files that import the packages of spec/tools need them', (t) => {
  t.true(needsTools([]));
  t.false(needsTools(['spec/amqp/header.spec.ts', 'spec/e2e/other-clients.spec.ts']));
});
