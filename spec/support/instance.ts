import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { systemClock } from '../../lib/clock.js';
import { loadConfig } from '../../lib/config/load.js';
import type { Config } from '../../lib/config/schema.js';
import { Instance } from '../../lib/instance/instance.js';
import { Log } from '../../lib/report/log.js';
import type { Report } from '../../lib/report/report.js';
import type { ProcessResources } from '../../lib/running/process-limits.js';
import { MemoryStream } from './memory-stream.js';
import { temporaryDirectory } from './program.js';
import { until } from './rabbitmq/until.js';

/** The config that results from a file with this text. */
export const configOf = (text: string): Config =>
  loadConfig({ argv: { config: 'snare.yaml' }, env: {}, readFile: () => text }).config;

/** An instance in this process, with its files in its own directory. */
export interface TestInstance {
  readonly instance: Instance;
  readonly log: MemoryStream;
  readonly readyFile: string;
  config(text: string): Config;
  /** Waits for this many reports. */
  reports(count: number): Promise<Report[]>;
}

/** @param text of a config file, without `reports`, `readyFile` and `log` */
export function makeInstance(t: ExecutionContext, text: string, resources: ProcessResources = {}): TestInstance {
  const directory = temporaryDirectory(t);
  const [readyFile, reportsFile] = [join(directory, 'ready.json'), join(directory, 'reports.jsonl')];
  const config = (given: string) =>
    configOf(`${given}\nreadyFile: ${readyFile}\nreports: {file: ${reportsFile}}\nlog: {level: info}\n`);
  const log = new MemoryStream();
  const instance = new Instance(config(text), {
    log: new Log({ format: 'pretty', level: 'info', stream: log, now: systemClock.wall, dialect: undefined }),
    clock: systemClock,
    resources,
  });
  t.teardown(() => instance.stop(0));
  return {
    instance,
    log,
    readyFile,
    config,
    reports: async (count) => {
      const lines = () => readFileSync(reportsFile, 'utf8').split('\n').slice(0, -1);
      const found = await until(() => lines().length >= count && lines(), 10_000);
      if (found === undefined) throw new Error(`fewer than ${count} reports: ${lines()}`);
      return found.map((line) => JSON.parse(line) as Report);
    },
  };
}

/** Host and port from `127.0.0.1:5673`. */
export function listening(address = ''): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
