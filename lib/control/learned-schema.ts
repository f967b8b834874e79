import * as z from 'zod';

/** What was learned of the broker behind a proxy; null until that is known. */
export const learnedSchema = z
  .strictObject({ product: z.string(), version: z.string().nullable(), dialect: z.string() })
  .nullable();
