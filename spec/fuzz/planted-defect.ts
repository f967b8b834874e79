// Loaded into a program before its own code: plants the defect that is named in its URL.
import { Socket } from 'node:net';

const { searchParams } = new URL(import.meta.url);
const { write } = Socket.prototype;
let writes = 0;

switch (searchParams.get('defect')) {
  case 'wrong octet':
    // In what is relayed: only there are writes of that size.
    Socket.prototype.write = function (this: Socket, ...given: Parameters<Socket['write']>) {
      const [octets] = given as unknown as [Uint8Array | string];
      if (typeof octets !== 'string' && octets.length === 12) octets[11] = (octets[11] ?? 0) ^ 1;
      return write.apply(this, given);
    } as Socket['write'];
    break;
  case 'crash':
    Socket.prototype.write = function (this: Socket, ...given: Parameters<Socket['write']>) {
      if (++writes === 20) setImmediate(() => Promise.reject(new Error('planted')));
      return write.apply(this, given);
    } as Socket['write'];
    break;
  default:
    throw new Error('no such defect');
}
