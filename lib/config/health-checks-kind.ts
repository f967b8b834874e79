import * as z from 'zod';
import {
  ANSWERS,
  type HealthCheckRule,
  type HealthChecks,
  type HealthChecksInput,
  STYLES_OF_RULES,
  WAYS_TO_FAIL,
} from '../health-check/health-checks.js';
import { readHealthChecks } from '../health-check/read-health-checks.js';

/** The `healthChecks` of a proxy: a word, or a list of rules, which the JSON schema refers to as `#/$defs/healthCheckRule`. */
export function healthChecks() {
  return z
    .codec(z.unknown() as z.ZodType<unknown, HealthChecksInput>, z.custom<HealthChecks>(), {
      decode: (written, context) => {
        const { value, issues } = readHealthChecks(written);
        for (const { path, message } of issues) {
          context.issues.push({ code: 'custom', input: written, message, path: [...path] });
        }
        return issues.length > 0 ? z.NEVER : value;
      },
      encode: (value) => (typeof value === 'string' ? value : value.map(writeRule)),
    })
    .meta({
      anyOf: [{ enum: Object.keys(ANSWERS) }, { type: 'array', items: { $ref: '#/$defs/healthCheckRule' } }],
      syntax: `${Object.keys(ANSWERS).join(' | ')} | [RULE, ...]`,
    });
}

/** The JSON schema of a rule. */
export const HEALTH_CHECK_RULE = {
  type: 'object',
  properties: {
    sources: {
      type: ['array', 'string'],
      items: { type: 'string' },
      description: 'IP addresses and subnets of clients.',
    },
    answer: { enum: Object.keys(ANSWERS), description: 'What is done with their connections.' },
    style: {
      enum: [...STYLES_OF_RULES, null],
      description: 'Restricts the rule to connections of this style.',
      default: null,
    },
    failWith: { enum: [...Object.keys(WAYS_TO_FAIL), null], description: 'How answer fail fails.', default: 'rst' },
  },
  required: ['sources', 'answer'],
  additionalProperties: false,
} as const;

/** A rule as it is written in a file, without defaults. */
function writeRule({ sources, answer, style, failWith }: HealthCheckRule): Readonly<Record<string, unknown>> {
  return { sources, answer, ...(style !== null && { style }), ...(answer === 'fail' && { failWith }) };
}
