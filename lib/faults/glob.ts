/** `*` matches any text, `?` any character. Does not backtrack exponentially: a pattern must not be able to block the proxy. */
export function matchesGlob(text: string, pattern: string): boolean {
  let [at, in_, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[in_] === '*') {
      star = in_;
      in_ += 1;
      retry = at;
    } else if (pattern[in_] === '?' || pattern[in_] === text[at]) {
      at += 1;
      in_ += 1;
    } else if (star >= 0) {
      in_ = star + 1;
      retry += 1;
      at = retry;
    } else return false;
  }
  while (pattern[in_] === '*') in_ += 1;
  return in_ === pattern.length;
}
