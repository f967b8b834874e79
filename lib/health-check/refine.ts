import type { Guess } from './recognizer.js';
import type { HealthCheckStyle } from './style.js';

/** When the connections of one source come. */
export type Cadence = {
  /** The median of the gaps, in ms; null if it is not known yet. */
  readonly periodMs: number | null;
  /** The spread of the gaps, in ms; null if it is not known yet. */
  readonly jitterMs: number | null;
  /** The last gaps from one connection to the next, in ms, oldest first. */
  readonly gaps: readonly number[];
};

/** How far a period may be from a default, and how much it may vary, as a fraction of it. */
const TOLERANCE = 0.05;

type Default = Pick<Guess, 'what' | 'detail' | 'confidence'> & { readonly periodMs: number };

/**
 * Default periods of checks that only connect.
 *
 * @see https://docs.haproxy.org/2.6/configuration.html#5.2-inter (2 s)
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe, `periodSeconds` (10 s)
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html (30 s)
 * @see https://www.keepalived.org/manpage.html, `delay_loop` (60 s)
 */
const DEFAULTS: readonly Default[] = [
  {
    periodMs: 2_000,
    what: 'haproxy_tcp_check',
    detail: 'HAProxy with tcp-check connect linger, by its default period of 2 s',
    confidence: 'likely',
  },
  {
    periodMs: 5_000,
    what: 'cloud_tcp_check',
    detail:
      'a TCP health check of Google Cloud or Azure, by their default period of 5 s, or another check that only connects',
    confidence: 'possible',
  },
  {
    periodMs: 10_000,
    what: 'kubernetes_tcp_socket',
    detail:
      'a Kubernetes tcpSocket probe, by its default period of 10 s, or a Consul TCP check, which usually has the same',
    confidence: 'likely',
  },
  {
    periodMs: 15_000,
    what: 'cloud_tcp_check',
    detail:
      'an Azure TCP probe or the blackbox exporter with a scrape interval of 15 s, or another check that only connects',
    confidence: 'possible',
  },
  {
    periodMs: 30_000,
    what: 'cloud_tcp_check',
    detail:
      'an AWS load balancer with a TCP health check, by its default period of 30 s, or another check that only connects',
    confidence: 'possible',
  },
  {
    periodMs: 60_000,
    what: 'keepalived_tcp_check',
    detail: 'keepalived TCP_CHECK, Zabbix net.tcp.service or the blackbox exporter, by their default period of 60 s',
    confidence: 'possible',
  },
  {
    periodMs: 300_000,
    what: 'check_tcp',
    detail: 'check_tcp of Nagios or Icinga, by its default period of 5 minutes',
    confidence: 'likely',
  },
];

/** The default period of a check that sends the protocol header and closes with a FIN. */
const HAPROXY_AMQP: Default = {
  periodMs: 2_000,
  what: 'haproxy_amqp_check',
  detail:
    'HAProxy with tcp-check connect linger, tcp-check send-binary 414d515000000901 and tcp-check expect, by its default period of 2 s',
  confidence: 'likely',
};

const RETRYING: Omit<Guess, 'advice'> = {
  what: 'retrying_agent',
  detail: 'an agent that holds an idle connection until the timeout, and comes back after 1, 2, 4, 8 … s',
  confidence: 'likely',
};

/**
 * Refines a guess by the times of the source's connections. It never makes a guess certain, and changes only guesses
 * that several programs share.
 *
 * @param guess as `guess` returned it for the last connection of the source
 * @param style of those connections
 */
export function refine(guess: Guess | null, style: HealthCheckStyle, cadence: Cadence): Guess | null {
  if (guess === null) return null;
  const { what, advice } = guess;
  if (style === 'hold') return backsOff(cadence.gaps) ? { ...RETRYING, advice } : guess;
  if (what === 'amqp_header_check' && isPeriod(HAPROXY_AMQP.periodMs, cadence)) {
    return { what: HAPROXY_AMQP.what, detail: HAPROXY_AMQP.detail, confidence: HAPROXY_AMQP.confidence, advice };
  }
  if (what !== 'tcp_check' && what !== 'local_tcp_check') return guess;
  const found = DEFAULTS.find((each) => isPeriod(each.periodMs, cadence));
  if (found === undefined) return guess;
  return { what: found.what, detail: found.detail, confidence: found.confidence, advice };
}

function isPeriod(expected: number, { periodMs, jitterMs }: Cadence): boolean {
  if (periodMs === null || (jitterMs ?? 0) > TOLERANCE * expected) return false;
  return Math.abs(periodMs - expected) <= TOLERANCE * expected;
}

/**
 * Whether the gaps grow as 1, 2, 4, 8 … s do. How long each connection was held is a part of the gaps, so their
 * differences are compared: each is about twice the one before.
 */
function backsOff(gaps: readonly number[]): boolean {
  for (let at = 0; at + 3 < gaps.length; at++) {
    const [a, b, c, d] = gaps.slice(at, at + 4) as [number, number, number, number];
    // Small differences are jitter.
    if (isDouble(b - a, c - b) && isDouble(c - b, d - c) && d - c > a / 4) return true;
  }
  return false;
}

const isDouble = (one: number, next: number): boolean => one > 0 && next > 1.6 * one && next < 2.5 * one;
