import { toHex } from '../amqp/header.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { PROBE_CASES, type ProbeCase } from './cases.js';
import { type Aspect, describeAnswer, describeExpectation, differences, expectationOf } from './expectation.js';
import type { ProbeResult } from './play.js';
import { formatTable } from './table.js';

/** A RabbitMQ whose behaviour is expected. */
export interface ExpectedServer {
  /** A version from 3.6 on. */
  readonly dialect: string;
  /** Whether a 3.x broker has the AMQP 1.0 plugin. */
  readonly amqp10: 'on' | 'off';
  /** `fin`: a broker whose listener has lost its `linger`. */
  readonly close: 'rst' | 'fin';
  /** ms */
  readonly handshakeTimeout: number;
}

/** A result, and what it should have been. */
export interface ComparedResult extends ProbeResult {
  readonly expected: {
    /** In a few words, as the table has it. */
    readonly answer: string;
    /** Hex; null where the octets are not the same each time, as those of Connection.Start. */
    readonly received: string | null;
    readonly end: string;
    /** The least and the most that `ms` may be. */
    readonly ms: readonly [number, number];
    /** All of it in a few words. */
    readonly summary: string;
  };
  readonly same: boolean;
  readonly different: readonly Aspect[];
}

/**
 * Compares results with what the classifier says that such a server does.
 *
 * @throws RangeError when the dialect is no version, or a result is of a case that does not exist
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

/** The table with what differs, and a last line that counts; without a line break at the end. */
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
