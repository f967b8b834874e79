import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './program.js';
import { until } from './rabbitmq/until.js';

/** The module for RabbitMQ, as the exporter's documentation has it, with and without TLS, and two plain ones. */
const MODULES = `modules:
  rabbitmq:
    prober: tcp
    timeout: 5s
    tcp:
      query_response:
        - send: "HELO\\r"
        - send: "\\r"
        - send: "\\r"
        - send: "\\r"
        - expect: "AMQP"
  rabbitmq_tls:
    prober: tcp
    timeout: 5s
    tcp:
      query_response:
        - send: "HELO\\r"
        - send: "\\r"
        - send: "\\r"
        - send: "\\r"
        - expect: "AMQP"
      tls: true
      tls_config:
        insecure_skip_verify: true
  tcp_connect:
    prober: tcp
    timeout: 5s
  http_2xx:
    prober: http
    timeout: 5s
`;

/** A running blackbox exporter. */
export type BlackboxExporter = {
  /** Probes a port, as a scrape of Prometheus does. Resolves when the probe has ended. */
  probe(module: 'rabbitmq' | 'rabbitmq_tls' | 'tcp_connect' | 'http_2xx', port: number): Promise<void>;
};

/** Starts Prometheus' blackbox exporter; killed when the test ends. */
export async function startBlackboxExporter(t: ExecutionContext, program: string): Promise<BlackboxExporter> {
  const file = join(temporaryDirectory(t), 'blackbox.yml');
  writeFileSync(file, MODULES);
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(program, [`--config.file=${file}`, `--web.listen-address=${url.slice('http://'.length)}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const isReady = async (): Promise<boolean> =>
    fetch(`${url}/-/healthy`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(isReady, 20_000))) throw new Error(`the blackbox exporter does not answer: ${said}`);
  return {
    probe: async (module, port) => {
      const response = await fetch(`${url}/probe?module=${module}&target=127.0.0.1:${port}`);
      await response.text();
    },
  };
}
