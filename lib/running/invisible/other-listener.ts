import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { formatAddress } from '../../text/address.js';

/** A listening socket of the network namespace. */
type Listener = { readonly inode: string; readonly address: string };

const FILES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** The file system's block, in bytes: about 27 sockets. */
const BLOCK = 4096;
/** The state LISTEN. */
const LISTEN = '0A';
/** In containers, Docker's own DNS server listens here. Nothing outside the container can reach it. */
const DOCKER_DNS = '127.0.0.11';

/** Finds listening sockets of the network namespace that do not belong to this process. */
export class OtherListener {
  private ours = new Set<string>();
  private others = new Set<string>();

  /** Returns the address of one; null if there is none. */
  find(): string | null {
    const all = FILES.flatMap(listenersIn);
    this.ours = kept(this.ours, all);
    this.others = kept(this.others, all);
    const known = all.find(({ inode }) => this.others.has(inode));
    if (known !== undefined) return known.address;
    const added = all.filter(({ inode }) => !this.ours.has(inode));
    if (added.length === 0) return null;
    for (const inode of ownSockets(new Set(added.map(({ inode: each }) => each)))) this.ours.add(inode);
    const foreign = added.filter(({ inode }) => !this.ours.has(inode));
    for (const { inode } of foreign) this.others.add(inode);
    return foreign[0]?.address ?? null;
  }
}

/** The inodes that still listen. The kernel may use the number of a closed socket again. */
const kept = (inodes: ReadonlySet<string>, all: readonly Listener[]): Set<string> =>
  new Set(all.flatMap(({ inode }) => (inodes.has(inode) ? [inode] : [])));

/** Which of these sockets this process has open. Listeners are mostly opened first, so few descriptors are looked at. */
function ownSockets(wanted: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const descriptors = readdirSync('/proc/self/fd').sort((one, other) => Number(one) - Number(other));
  for (const descriptor of descriptors) {
    if (found.size === wanted.size) break;
    const inode = socketOf(descriptor);
    if (inode !== undefined && wanted.has(inode)) found.add(inode);
  }
  return found;
}

function socketOf(descriptor: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
  } catch {
    return undefined; // It was closed in the meantime.
  }
}

/** The listeners in one of the kernel's tables, which has them before all other sockets. */
function listenersIn(file: string): Listener[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return []; // The kernel has no IPv6.
  }
  try {
    const listeners: Listener[] = [];
    const block = Buffer.alloc(BLOCK);
    let rest = '';
    for (let length = readSync(descriptor, block); length > 0; length = readSync(descriptor, block)) {
      const lines = (rest + block.toString('latin1', 0, length)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [slot, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (slot === 'sl') continue;
        if (state !== LISTEN) return listeners;
        const address = addressOf(local);
        if (address.host !== DOCKER_DNS) listeners.push({ inode, address: formatAddress(address) });
      }
    }
    return listeners;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads `0100007F:1628`, 127.0.0.1:5672: the kernel prints numbers of four octets in the byte order of the machine. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [digits = '', port = ''] = text.split(':');
  const octets = Buffer.from(digits, 'hex');
  if (isLittleEndian) octets.swap32();
  const host = octets.length === 4 ? octets.join('.') : ipv6(octets);
  return { host, port: Number.parseInt(port, 16) };
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The address as `URL` shortens it. */
function ipv6(octets: Buffer): string {
  const groups = octets.toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
