import { readFileSync } from 'node:fs';

const FILE = '/proc/net/netstat';

/**
 * How many half-open connections to listeners of this network namespace were reset by the peer, since the namespace exists.
 * Connections that the namespace dials are not among them.
 *
 * @returns null where the kernel does not say: on other systems than Linux, and in some sandboxes
 * @see net/ipv4/tcp_minisocks.c, `tcp_check_req`: `LINUX_MIB_EMBRYONICRSTS`
 */
export function embryonicResets(read: () => string = () => readFileSync(FILE, 'latin1')): number | null {
  let text: string;
  try {
    text = read();
  } catch {
    return null;
  }
  // A line with the names, and one with the values.
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith('TcpExt: '))
    .map((line) => line.split(' '));
  const value = Number(values?.[names?.indexOf('EmbryonicRsts') ?? -1]);
  return Number.isSafeInteger(value) ? value : null;
}
