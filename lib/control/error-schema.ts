import * as z from 'zod';

/** The body of every error response. */
export const errorSchema = z
  .object({ error: z.string().meta({ description: 'What is wrong, the rule, and the value.' }), status: z.int() })
  .meta({ id: 'Error' });
