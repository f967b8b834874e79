/** A number of 9 digits is told apart from every other 32-bit float. */
const DIGITS = 9;

/** The shortest number that is the same 32-bit float: 0.3, and not 0.30000001192092896. */
export function shortestFloat32(number: number): number {
  const float = Math.fround(number);
  for (let digits = 1; digits <= DIGITS; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return float;
}
