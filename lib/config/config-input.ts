import type * as z from 'zod';
import type { fileSchema } from './schema.js';

/**
 * The content of a config file, as a program writes it in JSON: numbers and booleans are themselves, and durations and
 * sizes are text with a unit, such as `'10s'`. Keys that are left out have their defaults.
 */
export type ConfigInput = z.input<typeof fileSchema>;
