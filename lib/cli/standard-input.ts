/** Limits memory: octets after the first 8 do not affect the verdict. */
const ENOUGH = 64 * 1024;

/** Reads raw octets from standard input until its end, or until there are 64 KiB. */
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
