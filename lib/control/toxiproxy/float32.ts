/** 9 digits distinguish any two 32-bit floats. */
const DIGITS = 9;

/** Returns the shortest number with the same 32-bit float: 0.3 instead of 0.30000001192092896. */
export function shortestFloat32(number: number): number {
  const float = Math.fround(number);
  for (let digits = 1; digits <= DIGITS; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return float;
}
