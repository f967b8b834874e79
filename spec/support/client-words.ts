import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createSnare, type FaultInput } from '../../lib/index.js';

/** How long a client is given, in ms: who has said nothing by then is said to hang. */
const PATIENCE = 3_000;

const ATTEMPT = 'dist/spec/support/client-attempt.js';

/** The faults of the handshake that users meet, by what the broker does then. */
const FAULTS: readonly (readonly [string, FaultInput])[] = [
  ['nobody listens', { type: 'connect_refuse' }],
  ['resets at once', { type: 'amqp_reset', attributes: { at: 'accept' } }],
  ['refuses the protocol header', { type: 'amqp_refuse' }],
  ['resets in place of Start', { type: 'amqp_reset', attributes: { at: 'start' } }],
  ['ends with FIN in place of Start', { type: 'amqp_fin', attributes: { at: 'start' } }],
  ['resets after half of Start', { type: 'amqp_truncate', attributes: { at: 'start' } }],
  ['closes the login with 403', { type: 'amqp_close', attributes: { at: 'start-ok', code: 403 } }],
  ['resets in place of Tune', { type: 'amqp_reset', attributes: { at: 'tune' } }],
  ['ends with FIN in place of Tune', { type: 'amqp_fin', attributes: { at: 'tune' } }],
  ['sends a Tune without frame end', { type: 'amqp_corrupt', attributes: { at: 'tune' } }],
  ['closes the virtual host with 530', { type: 'amqp_close', attributes: { at: 'open', code: 530 } }],
  ['is restarted at Open: 320', { type: 'amqp_close', attributes: { at: 'open', code: 320 } }],
  ['resets in place of Open-Ok', { type: 'amqp_reset', attributes: { at: 'running', place: 'before' } }],
  ['never answers the protocol header', { type: 'amqp_stall', attributes: { at: 'start', timeout: 0 } }],
  ['never answers the login', { type: 'amqp_stall', attributes: { at: 'tune', timeout: 0 } }],
  ['never answers Open', { type: 'amqp_stall', attributes: { at: 'running', place: 'before', timeout: 0 } }],
];

const CLIENTS = ['amqplib', '@cloudamqp/amqp-client'] as const;

/** The text of docs/clients.md, as the clients are now. */
export async function clientWords(): Promise<string> {
  const rows: string[] = [];
  for (const [what, fault] of FAULTS) {
    const words = await Promise.all(CLIENTS.map((client) => wordsOf(client, fault)));
    rows.push(`| ${what} | \`${commandOf(fault)}\` | ${words.join(' | ')} |`);
  }
  return `${[
    '# What clients say',
    '',
    'What a client tells its caller when the broker misbehaves in the handshake. Measured by a spec, with the versions of',
    `package-lock.json and no options set. **Hangs**: it said nothing in ${PATIENCE / 1000} s, and waits for as long as TCP does unless it is`,
    'given a timeout of its own.',
    '',
    `| The broker | Fault | ${CLIENTS.join(' | ')} |`,
    `| --- | --- | ${CLIENTS.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n')}\n`;
}

async function wordsOf(client: string, fault: FaultInput): Promise<string> {
  await using snare = await createSnare({ faults: [fault] });
  const attempt = promisify(execFile)(process.execPath, [ATTEMPT, client, snare.url, String(PATIENCE)]);
  const said = (await attempt).stdout;
  const [how = '', ...words] = said.trim().replaceAll(`:${snare.port}`, ':PORT').split(' ');
  const text = `\`${words.join(' ').replaceAll(/[|`]/g, ' ')}\``;
  if (how === 'crash') return `**an exception that nobody can catch**: ${text}`;
  if (how === 'error') return text;
  return how === 'hangs' ? '**hangs**' : how;
}

function commandOf({ type, attributes }: FaultInput): string {
  return [type, ...Object.entries(attributes ?? {}).map(([key, value]) => `${key}=${value}`)].join(' ');
}
