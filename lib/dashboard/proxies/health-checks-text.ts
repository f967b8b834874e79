import type { Answer, FailWith, HealthChecks } from '../../health-check/health-checks.js';

const ANSWERS: Readonly<Record<Answer, string>> = {
  local: 'answered here, without the broker',
  forward: 'forwarded like any other connection',
  fail: 'made to fail',
};
const WAYS: Readonly<Record<FailWith, string>> = { rst: 'a reset', silence: 'silence', refuse: 'a refusal' };

/** Says what a proxy does with health checks: one line, or one for each rule. */
export function healthChecksText(healthChecks: HealthChecks): readonly string[] {
  if (typeof healthChecks === 'string') return [ANSWERS[healthChecks]];
  if (healthChecks.length === 0) return [ANSWERS.forward];
  return healthChecks.map(({ sources, answer, style, failWith }) => {
    const which = style === null ? 'all connections' : style;
    const how = answer === 'fail' ? ` with ${WAYS[failWith]}` : '';
    return `${which} from ${sources.join(', ')}: ${ANSWERS[answer]}${how}`;
  });
}
