import test from 'ava';
import { brokenOnPurpose } from '../../lib/dashboard/broken.js';
import type { LiveState } from '../../lib/dashboard/live.js';

const NOW = '2026-11-23T06:00:00.000Z';
const FAULT = {
  id: 'amqp/slow',
  type: 'latency',
  enabled: true,
  scenario: null,
  hits: 1200,
  times: null,
  state: 'active',
  addedAt: NOW,
};
const SCENARIO = { id: 's1', name: 'restart', elapsedMs: 60_000, leaseLeftMs: null, leftMs: 90_000 };
const PROXY = { name: 'amqp', enabled: true, healthChecks: 'local' };

type Parts = {
  readonly faults?: readonly object[];
  readonly scenarios?: readonly object[];
  readonly proxies?: readonly object[];
};

const broken = ({ faults = [], scenarios = [], proxies = [PROXY] }: Parts) =>
  brokenOnPurpose({ faults, scenarios, overview: { at: NOW, proxies } } as unknown as LiveState);

test('nothing is broken if nothing is', (t) => {
  t.deepEqual(broken({ faults: [{ ...FAULT, enabled: false }] }), []);
  t.deepEqual(brokenOnPurpose({ faults: [], scenarios: [], overview: null } as unknown as LiveState), []);
});

test('a fault is named with its type, its hits, and when it was added', (t) => {
  const [each] = broken({ faults: [FAULT, { ...FAULT, id: 'amqp/once', hits: 1, times: 2 }] });
  t.like(each, { what: 'fault', name: 'amqp/slow', since: NOW, href: '#/faults/amqp%2Fslow' });
  t.is(each?.detail, `latency, ${(1200).toLocaleString()} hits`);
  t.is(broken({ faults: [{ ...FAULT, hits: 1, times: 2 }] })[0]?.detail, 'latency, 1 of 2 hits');
});

test('a scenario is named once, without its faults, and with what is left of it', (t) => {
  const found = broken({ scenarios: [SCENARIO], faults: [{ ...FAULT, scenario: 's1' }] });
  t.is(found.length, 1);
  t.like(found[0], { what: 'scenario', name: 'restart', detail: '1 min left', since: '2026-11-23T05:59:00.000Z' });
  t.is(broken({ scenarios: [{ ...SCENARIO, name: null, leftMs: null }] })[0]?.detail, 'until it is stopped');
  t.is(broken({ scenarios: [{ ...SCENARIO, leaseLeftMs: 5_000 }] })[0]?.detail, '5 s left');
});

test('a proxy that is down and health checks that are made to fail are broken on purpose', (t) => {
  const rules = [{ sources: ['10.0.0.1'], answer: 'fail', style: null, failWith: 'rst' }];
  const found = broken({
    proxies: [
      { ...PROXY, enabled: false },
      { ...PROXY, name: 'lb', healthChecks: rules },
    ],
  });
  t.deepEqual(
    found.map(({ what, name }) => [what, name]),
    [
      ['proxy', 'amqp'],
      ['health checks', 'lb'],
    ],
  );
});
