// Writes a large broker's log, for measuring `rabbit-snare explain`:
//   node dist/spec/bench/write-broker-log.js FILE [--size 1GB] [--format text|json] [--sources 300]
// A fifth each is of RabbitMQ 3.6, 3.8, 3.10, 4.0 and 4.3; JSON is of 4.3 alone. Most entries are of health checks and clients.
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brokerLog } from './broker-log.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1GB' },
    format: { type: 'string', default: 'text' },
    sources: { type: 'string', default: '300' },
  },
});
const UNITS: Readonly<Record<string, number>> = { GB: 1e9, MB: 1e6, KB: 1e3 };
const [, digits = '0', unit = ''] = /^(\d+)([KMG]B)$/.exec(values.size) ?? [];
const size = Number(digits) * (UNITS[unit] ?? 0);
const file = openSync(positionals[0] as string, 'w');
for (const part of brokerLog(size, { isJson: values.format === 'json', sources: Number(values.sources) }))
  writeSync(file, part);
closeSync(file);
