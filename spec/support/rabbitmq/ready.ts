import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Sends the broker the protocol header of AMQP 0-9-1.
 *
 * @param proxyProtocol whether the broker requires a PROXY header first
 * @returns the broker's version, from the `server-properties` of its Connection.Start
 * @throws Error when the port is closed or answers anything else
 */
export async function greet(port: number, { host = '127.0.0.1', proxyProtocol = false } = {}): Promise<string> {
  const socket = connect(port, host);
  try {
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer to the protocol header within 5 s')));
    await once(socket, 'connect');
    if (proxyProtocol) socket.write(`PROXY TCP4 127.0.0.1 127.0.0.1 ${socket.localPort} ${port}\r\n`);
    socket.write('AMQP\x00\x00\x09\x01', 'latin1');
    return versionIn(await firstFrame(socket));
  } finally {
    socket.destroy();
  }
}

/** A frame: type, channel, payload length at octets 3 to 6, payload, end octet. AMQP 0-9-1, section 4.2.3. */
async function firstFrame(socket: Socket): Promise<Buffer> {
  let seen = Buffer.alloc(0);
  for await (const chunk of socket) {
    seen = Buffer.concat([seen, chunk]);
    if (seen.length >= 7 && seen.length >= 8 + seen.readUInt32BE(3)) return seen;
  }
  throw new Error(`the broker closed the connection after ${seen.length} bytes`);
}

function versionIn(frame: Buffer): string {
  const isStart = frame[0] === 1 && frame.readUInt32BE(7) === 0x000a_000a;
  const key = Buffer.from('\x07versionS', 'latin1');
  const at = frame.indexOf(key) + key.length;
  if (!isStart || at < key.length) throw new Error(`not the Connection.Start of a RabbitMQ: ${frame.toString('hex')}`);
  return frame.toString('utf8', at + 4, at + 4 + frame.readUInt32BE(at));
}
