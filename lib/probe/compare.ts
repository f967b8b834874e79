import { toHex } from '../amqp/header.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';
import { type Aspect, describeAnswer, describeExpectation, differences, expectationOf } from './expectation.js';
import type { ProbeResult } from './play.js';
import { formatTable } from './table.js';

/** The RabbitMQ that a server is compared with. */
export interface ExpectedServer {
  /** A version since 3.6. */
  readonly dialect: string;
  /** Whether a 3.x broker has the AMQP 1.0 plugin. */
  readonly amqp10: 'on' | 'off';
  /** `fin`: a broker without `linger` in its tcp_listen_options. */
  readonly close: 'rst' | 'fin';
  /** ms */
  readonly handshakeTimeout: number;
}

/** A result with the expected one. */
export interface ComparedResult extends ProbeResult {
  readonly expected: {
    /** A description, as in the table. */
    readonly answer: string;
    /** Hex; null if the octets vary, as in Connection.Start. */
    readonly received: string | null;
    readonly end: string;
    /** The minimum and maximum of `ms`. */
    readonly ms: readonly [number, number];
    /** A description of answer and end, such as `AMQP 0 0 9 1, then rst at once`. */
    readonly summary: string;
  };
  readonly same: boolean;
  readonly different: readonly Aspect[];
}

/**
 * Compares results with the expected behavior of a server, which comes from the classifier.
 *
 * @throws RangeError when the dialect is not a version, or a result belongs to an unknown case
 */
export function compare(results: readonly ProbeResult[], server: ExpectedServer): ComparedResult[] {
  const rules = headerRules(server, NOTHING_LEARNED);
  return results.map((result) => {
    const probeCase = caseOf(result);
    const expected = expectationOf(probeCase, rules, server);
    const { answer, end, ms } = expected;
    const different = differences(result, expected, probeCase);
    return {
      ...result,
      expected: {
        answer: describeAnswer(answer),
        received: answer.type === 'octets' ? toHex(answer.octets) : null,
        end,
        ms,
        summary: describeExpectation(expected),
      },
      same: different.length === 0,
      different,
    };
  });
}

function caseOf(result: ProbeResult): ProbeCase {
  const found = PROBE_CASES.find(({ name }) => name === result.case);
  if (!found) throw new RangeError(`no such case: ${result.case}`);
  return found;
}

/** Formats the results as a table with their differences, and a last line with the count. No line break at the end. */
export function formatComparison(results: readonly ComparedResult[], { dialect }: ExpectedServer): string {
  const cells = results.map(({ same, different, expected }) =>
    same ? 'same' : `different (${different.join(', ')}): expected ${expected.summary}`,
  );
  const same = results.filter((result) => result.same).length;
  return [
    formatTable(results, [`as ${dialect}`, ...cells]),
    `${same} of ${results.length} cases match RabbitMQ ${dialect}.`,
  ].join('\n');
}
