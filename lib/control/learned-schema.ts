import * as z from 'zod';

/** What was learned about the upstream broker of a proxy; null until it is known. */
export const learnedSchema = z
  .strictObject({ product: z.string(), version: z.string().nullable(), dialect: z.string() })
  .nullable();
