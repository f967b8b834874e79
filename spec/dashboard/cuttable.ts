import { connect, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { startServer } from '../support/server.js';

/** The network between a browser and a control API, which can be cut. */
export type Cuttable = {
  /** The control API through this network: `http://127.0.0.1:12345`. */
  readonly url: string;
  /** Resets all connections, and new ones until `mend` is called. */
  cut(): void;
  mend(): void;
};

/** @param url of a control API */
export async function startCuttable(t: ExecutionContext, url: string): Promise<Cuttable> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let isCut = false;
  const listening = await startServer(t, (browser) => {
    if (isCut) return void browser.resetAndDestroy();
    const server = connect(Number(port), hostname);
    open.add(browser);
    browser.pipe(server).pipe(browser);
    server.on('error', () => browser.destroy());
    server.once('close', () => browser.destroy());
    browser.once('close', () => {
      open.delete(browser);
      server.destroy();
    });
  });
  return {
    url: `http://${listening.host}:${listening.port}`,
    cut: () => {
      isCut = true;
      for (const browser of open) browser.resetAndDestroy();
    },
    mend: () => {
      isCut = false;
    },
  };
}
