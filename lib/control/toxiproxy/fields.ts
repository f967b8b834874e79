import { quote } from '../../text/quote.js';
import { badBody } from '../read-body.js';

/**
 * Reads known keys of a JSON object, case-insensitively as Toxiproxy does. Other keys are ignored, and null counts as
 * absent.
 */
export class Fields {
  private readonly values = new Map<string, unknown>();

  /** @throws ApiError 400 for anything but an object or null */
  constructor(body: unknown) {
    if (typeof body !== 'object' || Array.isArray(body)) throw badBody(`must be an object, not ${quote(body)}`);
    for (const [key, value] of Object.entries(body ?? {})) {
      if (value !== null) this.values.set(key.toLowerCase(), value);
    }
  }

  /** Returns the value of a key, or undefined if it is absent. @throws ApiError 400 if it has another type */
  text(key: string): string | undefined {
    return this.typed(key, 'string') as string | undefined;
  }

  boolean(key: string): boolean | undefined {
    return this.typed(key, 'boolean') as boolean | undefined;
  }

  number(key: string): number | undefined {
    return this.typed(key, 'number') as number | undefined;
  }

  map(key: string): { readonly [name: string]: unknown } | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value))
      throw badBody(`${key} must be an object, not ${quote(value)}`);
    return value as { readonly [name: string]: unknown };
  }

  /** Returns the value of a key as it was given. */
  any(key: string): unknown {
    return this.values.get(key.toLowerCase());
  }

  private typed(key: string, type: 'string' | 'boolean' | 'number'): unknown {
    const value = this.values.get(key);
    if (value !== undefined && typeof value !== type) throw badBody(`${key} must be a ${type}, not ${quote(value)}`);
    return value;
  }
}
