import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './program.js';
import { until } from './rabbitmq/until.js';
import { type Ended, runToEnd } from './run-to-end.js';

/** A series in the result of an instant query; the value of a histogram without observations is NaN. */
export type QueriedSeries = { readonly metric: Readonly<Record<string, string>>; readonly value: number };

/** A rule as Prometheus has loaded it. */
export type LoadedRule = {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  /** `unknown` until it was evaluated. */
  readonly health: 'ok' | 'unknown' | 'err';
  readonly lastError?: string;
};

/** A running Prometheus. */
export type Prometheus = {
  /** Evaluates an expression now. @throws Error with Prometheus' message if the expression is wrong */
  query(expression: string): Promise<readonly QueriedSeries[]>;
  /** Returns the values of a label in the series that match. */
  labelValues(label: string, matching: string): Promise<readonly string[]>;
  rules(): Promise<readonly LoadedRule[]>;
};

/** Starts Prometheus on loopback with its data in a temporary directory; killed when the test ends. */
export async function startPrometheus(t: ExecutionContext, program: string, config: string): Promise<Prometheus> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const flags = [
    `--config.file=${config}`,
    `--web.listen-address=${url.slice('http://'.length)}`,
    `--storage.tsdb.path=${join(temporaryDirectory(t), 'data')}`,
  ];
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(isReady, 20_000))) throw new Error(`Prometheus is not ready: ${said}`);
  const ask = async <T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = (await response.json()) as {
      readonly status: string;
      readonly data: T;
      readonly error?: string;
    };
    if (status !== 'success') throw new Error(`${error}: ${JSON.stringify(parameters)}`);
    return data;
  };
  return {
    query: async (expression) => {
      const { result } = await ask<{
        readonly result: readonly { readonly metric: QueriedSeries['metric']; readonly value: [number, string] }[];
      }>('query', { query: expression });
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
    labelValues: (label, matching) => ask(`label/${label}/values`, { 'match[]': matching }),
    rules: async () => {
      const { groups } = await ask<{ readonly groups: readonly { readonly rules: readonly LoadedRule[] }[] }>('rules');
      return groups.flatMap(({ rules }) => rules);
    },
  };
}

/** Runs `promtool check metrics` on a scraped text. */
export function checkMetrics(t: ExecutionContext, promtool: string, text: string): Promise<Ended> {
  const file = join(temporaryDirectory(t), 'metrics');
  writeFileSync(file, text);
  return runToEnd('/bin/sh', ['-c', 'exec "$0" check metrics <"$1"', promtool, file]);
}
