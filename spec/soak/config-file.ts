import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pemPath } from '../support/secure-wire.js';
import type { ProxyProcess } from './proxy-process.js';
import { pause, type SoakProxy, type SoakRun } from './soak-run.js';

/** The addresses and files of the proxy under test. */
export interface ConfigFacts {
  readonly directory: string;
  readonly broker: number;
  readonly proxies: readonly SoakProxy[];
  /** The port of a proxy that some versions of the file have. */
  readonly extra: number;
}

/** Paths in the directory of the run. */
export const pathsOf = (directory: string) => ({
  config: join(directory, 'rabbit-snare.yaml'),
  ready: join(directory, 'ready.json'),
  log: join(directory, 'log.jsonl'),
  reports: join(directory, 'reports.jsonl'),
});

/** Time between two changes, in ms. */
const [SHORTEST, LONGEST] = [1_000, 15_000] as const;
/** Time that a file that must change nothing stays, in ms. */
const STAY = 400;

/** The text of a version of the config. Odd versions have one more proxy, with a fault, and other limits. */
export function configText({ directory, broker, proxies, extra }: ConfigFacts, version: number): string {
  const isOdd = version % 2 === 1;
  const { ready, reports } = pathsOf(directory);
  const all = [
    ...proxies.map(({ name, port, tls }) => ({
      name,
      listen: `127.0.0.1:${port}`,
      ...(name === 'side' && { mode: 'observe' }),
      ...(tls && { tls: { cert: pemPath('server'), key: pemPath('server-key') } }),
    })),
    ...(isOdd ? [{ name: 'extra', listen: `127.0.0.1:${extra}`, faults: [{ type: 'noop' }] }] : []),
  ];
  return JSON.stringify({
    upstream: `127.0.0.1:${broker}`,
    handshakeTimeout: isOdd ? '3s' : '2s',
    connectTimeout: '2s',
    maxConnections: isOdd ? 5000 : 10_000,
    proxies: all,
    control: '127.0.0.1:0',
    log: { format: 'json' },
    reports: { file: reports },
    readyFile: ready,
  });
}

/** Changes the config file and rotates the reports until the run is over; then the first version is back. */
export async function changeConfig(run: SoakRun, facts: ConfigFacts, proxy: ProxyProcess): Promise<void> {
  const { over, length, random, tally } = run;
  const { config, reports } = pathsOf(facts.directory);
  const between = Math.min(LONGEST, Math.max(SHORTEST, length / 20));
  let version = 0;
  const restore = (): void => writeFileSync(config, configText(facts, version));
  const steps: readonly (() => Promise<void> | void)[] = [
    () => {
      version += 1;
      restore();
    },
    // As an editor or a ConfigMap does it.
    () => {
      version += 1;
      writeFileSync(`${config}.new`, configText(facts, version));
      renameSync(`${config}.new`, config);
    },
    () => proxy.signal('SIGHUP'),
    // As logrotate does it.
    () => {
      // The proxy may not have opened it again yet.
      if (!existsSync(reports)) return;
      tally.rotations += 1;
      renameSync(reports, `${reports}.${tally.rotations}`);
      proxy.signal('SIGHUP');
    },
    async () => {
      writeFileSync(config, '');
      await pause(STAY, over);
      restore();
    },
    async () => {
      writeFileSync(config, 'proxies: [');
      await pause(STAY, over);
      restore();
    },
    async () => {
      rmSync(config);
      await pause(STAY, over);
      restore();
    },
  ];
  for (let at = 0; !over.aborted; at++) {
    await pause(random.between(between / 2, between), over);
    if (over.aborted) break;
    await steps[at % steps.length]?.();
    tally.configChanges += 1;
  }
  version = 0;
  restore();
}
