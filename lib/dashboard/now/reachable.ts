/**
 * Returns an address at which a proxy can be reached. One that listens on all addresses is on the host of this page.
 *
 * @param host as in the URL of the page: IPv6 addresses have brackets
 */
export function reachable(listen: string, host: string): string {
  return listen.replace(/^(0\.0\.0\.0|\[::\]|\*)(?=:\d+$)/, host);
}
