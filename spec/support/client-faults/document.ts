import type { Client } from './clients.js';
import { GRACE, PATIENCE } from './play.js';
import type { Table } from './table.js';

const seconds = (ms: number) => `${ms / 1000} s`;

const INTRODUCTION = `# What your client reports when the broker does this

A spec applies these faults to real clients in front of a real RabbitMQ and records what they report
(UPDATE=1 npm run spec -- spec/e2e/client-faults.spec.ts rewrites this page). Each client uses its default options and makes one
attempt to connect; then it opens a channel, publishes a message, gets it, and closes. Messages are shortened.

- *works*: the client did everything above and noticed nothing.
- *error*: reported immediately, or as soon as the connection ends; *later*: after the client had connected.
- *own timeout*: nothing ended the connection; the client itself gave up.
- **hangs**: no result within ${seconds(GRACE)} of the end of the connection or, if nothing ends it, within ${seconds(PATIENCE)}.
- **does not notice**: the connection has ended, and the client reports nothing until it is used.
- **crashes**: an uncaught error ends the process; no promise rejects and no listener is called.

Bunny runs without automatic recovery. Bugs that these clients had, with commands that reproduce them: [Bugs of clients](client-bugs.md).

## Notable behavior

- If the broker never answers, amqplib waits forever unless you set a timeout in its socket options:
  \`connect(url, {timeout: 10_000})\`. According to its source, @cloudamqp/amqp-client gives up after 60 s without a byte. pika gives
  up after 15 s.
- For a frame without its frame-end byte, @cloudamqp/amqp-client throws where it reads its socket: only
  \`process.on('uncaughtException')\` can catch that error.
- amqplib does not report a Close in answer to Open: a missing virtual host and a broker that shuts down give the same message,
  without code and text.
- amqplib reports code 320 on an open connection only with its \`close\` event; there is no \`error\` event.
- amqplib reads the protocol header in a refusal as the start of a 1.3 GB frame.
- @cloudamqp/amqp-client does not request heartbeats, so it does not notice when they are missing.
- amqplib does not check the version in Start; @cloudamqp/amqp-client checks neither the version nor the mechanisms.
- amqplib and pika reject a Tune with frames smaller than AMQP allows. @cloudamqp/amqp-client answers with the same size, and
  RabbitMQ ends the connection after 3 s.
- pika names the step it had reached, not the cause: a plain reset is an \`IncompatibleProtocolError\` before Start, a
  \`ProbableAuthenticationError\` before Tune, and a \`ProbableAccessDeniedError\` after it.
- amqp091-go names the step it had reached, not the cause: any end before Tune is a 403 "username or password not allowed", and any end
  before Open-Ok a 403 "no access to this vhost".
- A message that announces 2^63 bytes ends the process with @cloudamqp/amqp-client and amqp091-go. amqplib, pika and py-amqp wait for
  the rest of it.
- A Start of 1 MiB ends the process with @cloudamqp/amqp-client. Most other clients accept it, although frames have no agreed size yet.
- With tables nested 10,000 deep, amqplib reports a \`RangeError\`, @cloudamqp/amqp-client ends the process, and Bunny reports a
  \`SystemStackError\`.
- py-amqp has no timeout unless you set \`connect_timeout\`, and does not request heartbeats.
- If a reset arrives together with bytes, Node.js itself reports an end of the stream, so what a Node.js client reports differs from
  run to run. For that reason, the faults here that write something and then end the connection use a FIN.
`;

/** Returns the text of docs/clients.md. */
export function documentOf(clients: readonly Client[], table: Table): string {
  const rows = [...table].map(([row, cells]) => {
    const faults = row.faults.map((fault) => `\`${fault}\``).join('<br>');
    return rowOf([row.about, faults, ...clients.map((client) => cells.get(client) ?? '')]);
  });
  const titles = ['the broker', 'fault', ...clients.map(titleOf)];
  return [INTRODUCTION, '\n', rowOf(titles), rowOf(titles.map(() => '---')), ...rows].join('');
}

/** The title of a client's column: `pika 1.2.0`. */
export const titleOf = ({ name, version }: Client): string => `${name} ${version}`;

const rowOf = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;

/** Returns the table in the text of docs/clients.md: its titles, and the cells of each row. */
export function tableIn(document: string): {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const lines = document.split('\n').filter((line) => line.startsWith('| '));
  const [titles = [], , ...rows] = lines.map((line) => line.slice(2, -2).split(/ (?<!\\)\| /));
  return { titles, rows };
}
