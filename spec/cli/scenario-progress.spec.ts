import test from 'ava';
import { scenarioProgress } from '../../lib/cli/scenario-progress.js';
import type { ScenarioView } from '../../lib/control/scenario-view.js';

/** @param states of the steps, whose words are `s1`, `s2`, ... */
const view = (states: string, more: Partial<ScenarioView> = {}): ScenarioView => ({
  id: 'scenario-1',
  name: null,
  lease: null,
  leaseLeftMs: null,
  faults: [],
  elapsedMs: 0,
  leftMs: 6001,
  round: 1,
  rounds: 1,
  steps: states.split(' ').map((state, at) => ({
    what: `s${at + 1}`,
    proxy: 'amqp',
    after: 0,
    until: null,
    state: state as 'over',
  })),
  ...more,
});

for (const [states, more, text] of [
  ['over active', {}, 'step 2 of 2, 7 s left: s2'],
  ['active active waiting', { leftMs: 60_000 }, 'steps 1, 2 of 3, 1 min 0 s left: s1; s2'],
  ['active active active active over', { leftMs: 3_725_000 }, '4 of 5 steps, 1 h 2 min left: s1; s2; s3; s4'],
  ['over waiting', {}, 'waiting for step 2 of 2, 7 s left'],
  ['over over', { leftMs: 0 }, '2 of 2 steps over, 0 s left'],
  ['active', { leftMs: null }, 'step 1 of 1, until Ctrl-C: s1'],
  ['active', { round: 2, rounds: 3 }, 'round 2 of 3, step 1 of 1, 7 s left: s1'],
  ['active', { round: 2, rounds: null, leftMs: null }, 'round 2, step 1 of 1, until Ctrl-C: s1'],
] as const) {
  test(`${states} is shown as ${text}`, (t) => t.is(scenarioProgress(view(states, more)), text));
}
