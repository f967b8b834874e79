import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainOf } from '../base-build.js';
import type { FaultName, ProxyProgram } from '../proxy-program.js';

const FAULTS: Readonly<Record<FaultName, string>> = {
  'unmatched-stream': 'latency latency=10 source=192.0.2.0/24',
  'unmatched-handshake': 'amqp_close at=open code=320 source=192.0.2.0/24',
  latency: 'latency latency=10',
  // 1 GB/s: it never has to wait.
  bandwidth: 'bandwidth rate=1000000',
};

/**
 * A build of rabbit-snare as a sidecar runs it: with the control API, and with reports to a file.
 *
 * @param name in the tables
 * @param checkout its folder
 * @param node the Node.js that runs it
 */
export function rabbitSnare(name: string, checkout: string, node: string): ProxyProgram {
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };
  const main = mainOf(checkout) ?? '';
  return {
    name,
    version: manifest.version,
    refuses: true,
    faults: Object.keys(FAULTS) as FaultName[],
    command: ({ port, upstream, control, directory, fault }) => [
      ...([node, main, 'run', '--log-level', 'none'] as const),
      ...['--listen', `127.0.0.1:${port}`, '--upstream', `127.0.0.1:${upstream}`],
      ...['--control', `127.0.0.1:${control}`, '--reports', join(directory, `${control}.jsonl`)],
      ...(fault === null ? [] : ['--fault', FAULTS[fault]]),
    ],
    refusedAsLimit: async ({ control }) => {
      const metrics = await (await fetch(`http://127.0.0.1:${control}/metrics`)).text();
      const counts = metrics.matchAll(/^rabbit_snare_connections_total\{[^}]*reason="limit"[^}]*\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    },
  };
}
