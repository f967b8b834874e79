import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../support/command-error.js';
import { isExecutable } from '../find-program.js';
import type { FaultName, Place, ProxyProgram } from '../proxy-program.js';

const TOXICS: Readonly<Partial<Record<FaultName, object>>> = {
  latency: { type: 'latency', attributes: { latency: 10 } },
  bandwidth: { type: 'bandwidth', attributes: { rate: 1_000_000 } },
};

/**
 * Toxiproxy. It forwards without looking at the octets.
 *
 * @param program the path of its server
 * @throws CommandError if that cannot be run
 */
export function toxiproxy(program: string): ProxyProgram {
  if (!isExecutable(program))
    throw new CommandError(`TOXIPROXY must be the path of Toxiproxy's server; "${program}" cannot be run`);
  const [version = ''] = /\d+\.\d+\.\d+/.exec(execFileSync(program, ['-version'], { encoding: 'utf8' })) ?? [];
  return {
    name: 'Toxiproxy',
    version,
    refuses: false,
    faults: Object.keys(TOXICS) as FaultName[],
    command: ({ port, upstream, control, directory }) => {
      const file = join(directory, `toxiproxy-${port}.json`);
      const amqp = { name: 'amqp', listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${upstream}`, enabled: true };
      writeFileSync(file, JSON.stringify([amqp]));
      return [program, '-host', '127.0.0.1', '-port', String(control), '-config', file];
    },
    prepare: addToxic,
  };
}

async function addToxic({ control, fault }: Place): Promise<void> {
  if (fault === null) return;
  const response = await fetch(`http://127.0.0.1:${control}/proxies/amqp/toxics`, {
    method: 'POST',
    body: JSON.stringify(TOXICS[fault]),
  });
  if (!response.ok) throw new Error(`Toxiproxy did not accept ${fault}: ${await response.text()}`);
}
