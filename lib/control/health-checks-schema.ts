import * as z from 'zod';
import { ANSWERS, type Answer, type FailWith, STYLES_OF_RULES, WAYS_TO_FAIL } from '../health-check/health-checks.js';

const answer = z.enum(Object.keys(ANSWERS) as Answer[]);
const sources = z.array(z.string()).readonly();
const style = z.enum(STYLES_OF_RULES);
const failWith = z.enum(Object.keys(WAYS_TO_FAIL) as FailWith[]);

/** The setting `healthChecks` of a proxy, with all defaults. */
export const healthChecksSchema = z.union([
  answer,
  z.array(z.object({ sources, answer, style: style.nullable(), failWith })).readonly(),
]);

/** The same as given in a request. */
export const healthChecksInput = z.union([
  answer,
  z.array(z.object({ sources, answer, style: style.nullish(), failWith: failWith.nullish() })),
]);
