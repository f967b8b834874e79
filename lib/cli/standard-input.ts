/** More octets than this decide nothing, and need not be held. */
const ENOUGH = 64 * 1024;

/** Raw octets from standard input, to its end or until there are enough. */
export async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= ENOUGH) break;
  }
  return Buffer.concat(chunks);
}
