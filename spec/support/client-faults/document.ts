import type { Case } from './cases.js';
import { type Client, GRACE, PATIENCE } from './play.js';

/** Formats ms as seconds. */
const seconds = (ms: number) => `${ms / 1000} s`;

const INTRODUCTION = `# What your client reports for each fault

A spec runs real clients against these faults, in front of a real RabbitMQ, and records what they report
(UPDATE=1 npm run spec -- spec/e2e/client-faults.spec.ts). Each client has its default options and connects once; it
opens a channel, publishes a message, receives it and closes. Messages are shortened.

- **hangs**: the promise does not settle within ${seconds(GRACE)} after the connection has ended or, if nothing ends it, within
  ${seconds(PATIENCE)} in total.
- **crashes**: an uncaught error ends the process; no promise rejects and no listener is called.
- *after its own timeout*: nothing ended the connection; the client gave up on its own.
- *works*: the client completed all steps without noticing the fault.
- All others report the error at once, or as soon as the connection ends.

## Noteworthy

- If the broker never answers, amqplib waits forever unless you set a timeout in its socket options:
  \`connect(url, {timeout: 10_000})\`. According to its source, @cloudamqp/amqp-client gives up after 60 s without a byte.
  pika gives up after 15 s.
- A frame without its end octet throws an error where @cloudamqp/amqp-client reads its socket: only
  \`process.on('uncaughtException')\` can catch it.
- amqplib does not report the details of a Close in answer to Open: a missing virtual host and a broker that shuts down
  produce the same message, without code and text.
- amqplib reports code 320 on an open connection only through its event \`close\`, not through \`error\`.
- amqplib reads the protocol header that refuses it as a frame of 1.3 GB.
- @cloudamqp/amqp-client requests no heartbeats, so it does not notice when they are missing.
- amqplib ignores the version in Start; @cloudamqp/amqp-client ignores both the version and the mechanisms.
- amqplib and pika reject a Tune with frames smaller than AMQP allows. @cloudamqp/amqp-client answers with the same size,
  and RabbitMQ ends the connection after 3 s.
- pika names the step that it had reached, not the cause: a mere reset is an \`IncompatibleProtocolError\` before Start, a
  \`ProbableAuthenticationError\` before Tune and a \`ProbableAccessDeniedError\` after it.
- Node itself reports a reset that arrives together with bytes as an end, so a Node client's message differs from run to
  run. For that reason, faults that write bytes and end the connection use a FIN here.
`;

/** The text of docs/clients.md. @param said the cells of all clients, by case */
export function documentOf(clients: readonly Client[], said: ReadonlyMap<Case, readonly string[]>): string {
  const sections = clients.map(({ name, version }, at) => {
    const rows = [...said].map(([{ about, faults }, cells]) => {
      const commands = faults.map((fault) => `\`${fault}\``).join('<br>');
      return `| ${about} | ${commands} | ${cells[at]} |\n`;
    });
    return `\n## ${name} ${version}\n\n| the broker | fault | the client |\n| --- | --- | --- |\n${rows.join('')}`;
  });
  return [INTRODUCTION, ...sections].join('');
}
