import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect } from 'amqplib';
import { createSnare, type FaultInput } from '../../lib/index.js';

/** How long a client is given, in ms: who has said nothing by then is said to hang. */
const PATIENCE = 2_000;

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

const CLIENTS: readonly (readonly [string, (url: string) => Promise<unknown>])[] = [
  ['amqplib', (url) => connect(url)],
  [
    '@cloudamqp/amqp-client',
    (url) => {
      const client = new AMQPClient(url);
      client.onerror = () => {};
      return client.connect();
    },
  ],
];

/** The text of docs/clients.md, as the clients are now. */
export async function clientWords(): Promise<string> {
  const rows: string[] = [];
  for (const [what, fault] of FAULTS) {
    const words = await Promise.all(CLIENTS.map(([, open]) => wordsOf(open, fault)));
    rows.push(`| ${what} | \`${commandOf(fault)}\` | ${words.join(' | ')} |`);
  }
  const names = CLIENTS.map(([name]) => name);
  return `${[
    '# What clients say',
    '',
    'What a client tells its caller when the broker misbehaves in the handshake. Measured by a spec, with the versions of',
    `package-lock.json and no options set. **Hangs**: it said nothing in ${PATIENCE / 1000} s, and waits for as long as TCP does unless it is`,
    'given a timeout of its own.',
    '',
    `| The broker | Fault | ${names.join(' | ')} |`,
    `| --- | --- | ${names.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n')}\n`;
}

async function wordsOf(open: (url: string) => Promise<unknown>, fault: FaultInput): Promise<string> {
  await using snare = await createSnare({ faults: [fault] });
  const opened = open(snare.url).then(
    () => 'connects',
    (error: Error) =>
      `\`${error.message
        .replaceAll(`:${snare.port}`, ':PORT')
        .replaceAll(/[|`\n]/g, ' ')
        .trim()}\``,
  );
  const patience = new Promise<string>((resolve) => setTimeout(resolve, PATIENCE, '**hangs**'));
  // Not before it is known: the snare ends with this function.
  return await Promise.race([opened, patience]);
}

function commandOf({ type, attributes }: FaultInput): string {
  return [type, ...Object.entries(attributes ?? {}).map(([key, value]) => `${key}=${value}`)].join(' ');
}
