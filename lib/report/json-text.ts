/** The JSON of objects that many reports share: see `describe`. */
const shared = new WeakMap<object, string>();

const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

/** A string as JSON. */
export const text = (value: string): string => (NEEDS_NO_ESCAPE.test(value) ? `"${value}"` : JSON.stringify(value));

export const textOrNull = (value: string | null): string => (value === null ? 'null' : text(value));

/** A string that never needs escaping, such as a member of an enumeration. */
export const word = (value: string): string => `"${value}"`;

export const wordOrNull = (value: string | null): string => (value === null ? 'null' : `"${value}"`);

/** The fractions of a second's thousandths, without trailing zeros: '', .001, ..., .01, ..., .999. */
const FRACTIONS = Array.from({ length: 1000 }, (_, thousandths) => `${thousandths / 1000}`.slice(1));
const MOST_FAST = 2 ** 31;

/** A time in ms, or null. Times are rounded to the microsecond, and as two integers they are printed in a third of the time. */
export function ms(value: number | null): string {
  if (value === null) return 'null';
  const micros = Math.round(value * 1000);
  const whole = Math.floor(micros / 1000);
  if (micros / 1000 !== value || micros < 0 || whole > MOST_FAST) return `${value}`;
  return `${whole}${FRACTIONS[micros - whole * 1000]}`;
}

/** A finite number, a boolean or null. */
export const plain = (value: number | boolean | null): string => `${value}`;

export const object = (value: object): string => JSON.stringify(value);

export const objectOrNull = (value: object | null): string => (value === null ? 'null' : JSON.stringify(value));

export const list = (value: readonly unknown[]): string => (value.length === 0 ? '[]' : JSON.stringify(value));

/** An object that many reports share: its JSON is made once and kept for as long as the object is. */
export function sharedObject(value: object): string {
  let json = shared.get(value);
  if (json === undefined) {
    json = JSON.stringify(value);
    shared.set(value, json);
  }
  return json;
}

export const sharedObjectOrNull = (value: object | null): string => (value === null ? 'null' : sharedObject(value));
