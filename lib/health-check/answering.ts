import { inSubnets } from '../proxy-protocol/subnet.js';
import type { FailWith, HealthCheckRule, HealthChecks, StyleOfRule } from './health-checks.js';

/** What is known about a connection that may be a health check. */
export type Check = {
  /** The client's address and port: `10.0.0.7:50122`. */
  readonly client: string;
  /** Whether a PROXY header declared the connection LOCAL. */
  readonly isLocal: boolean;
  /** What the first octets are; null: not known yet. */
  readonly style: Exclude<StyleOfRule, 'proxy_local'> | null;
  /** Whether the source has been recognized as a health check by its earlier connections. */
  readonly isRecognized: () => boolean;
};

/** What to do with a connection. `later`: it depends on its first octets. */
export type Decision = 'local' | 'forward' | 'later' | { readonly fail: FailWith };

/** A rule, ready for use. Undefined: whether it matches depends on the first octets. */
type Ready = { readonly decision: Decision; readonly matches: (check: Check) => boolean | undefined };

/** A `healthChecks` setting, ready for use. */
export class Answering {
  private readonly rules: readonly Ready[];

  constructor(healthChecks: HealthChecks) {
    this.rules = typeof healthChecks === 'string' ? knownChecks(healthChecks) : healthChecks.map(ready);
  }

  /** The first rule that matches a connection decides. */
  decide(check: Check): Decision {
    for (const { matches, decision } of this.rules) {
      const isMatch = matches(check);
      if (isMatch === undefined) return 'later';
      if (isMatch) return decision;
    }
    return 'forward';
  }
}

/** Returns null for a setting that forwards every connection. */
export function answeringOf(healthChecks: HealthChecks): Answering | null {
  return healthChecks === 'forward' || healthChecks.length === 0 ? null : new Answering(healthChecks);
}

/** A single word lists no sources: it is about connections that are known to be health checks. */
function knownChecks(answer: HealthChecks & string): Ready[] {
  const isLocal = (check: Check): boolean => check.isLocal;
  if (answer === 'local') return [{ decision: 'local', matches: isLocal }];
  if (answer === 'forward') return [];
  // A recognized source may have other clients too, but its checks send the same as they do: all fail.
  return [{ decision: { fail: 'rst' }, matches: (check) => check.isLocal || check.isRecognized() }];
}

function ready({ sources, answer, style, failWith }: HealthCheckRule): Ready {
  const isListed = inSubnets(sources);
  return {
    decision: answer === 'fail' ? { fail: failWith } : answer,
    matches: (check) => {
      if (!isListed(check.client)) return false;
      if (style === null) return true;
      if (style === 'proxy_local') return check.isLocal;
      return check.style === null ? undefined : check.style === style;
    },
  };
}
