import { BrokerConnection } from './broker-connection.js';

/** Connections that are opened at the same time. */
const TOGETHER = 16;

/**
 * Opens and closes connections to a broker: TCP, header, Start, Tune, Open, Close, FIN.
 *
 * @returns how many there were in a second
 */
export async function handshakes(port: number, seconds: number): Promise<number> {
  const began = performance.now();
  const until = began + seconds * 1000;
  let count = 0;
  const one = async () => {
    const connection = new BrokerConnection(port, { opened: () => connection.close() });
    await connection.ended;
    count += 1;
  };
  const oneAfterTheOther = async () => {
    do await one();
    while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: TOGETHER }, oneAfterTheOther));
  return (1000 * count) / (performance.now() - began);
}
