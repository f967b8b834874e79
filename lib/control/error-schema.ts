import * as z from 'zod';

/** What every answer to a request that cannot be done holds. */
export const errorSchema = z
  .object({ error: z.string().meta({ description: 'The thing, the rule and the value.' }), status: z.int() })
  .meta({ id: 'Error' });
