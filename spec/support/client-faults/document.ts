import type { Case } from './cases.js';
import { type Client, GRACE, PATIENCE } from './play.js';

/** ms in words */
const seconds = (ms: number) => `${ms / 1000} s`;

const INTRODUCTION = `# What your client says when the broker does this

A spec plays these faults to real clients in front of a real RabbitMQ and writes down what they report
(UPDATE=1 npm test -- spec/e2e/client-faults.spec.ts). Each client has its default options and one attempt to connect; it
opens a channel, publishes a message, gets it and closes. Messages are shortened.

- **hangs**: the promise does not settle within ${seconds(GRACE)} after the connection was ended or, where nothing ends it, within
  ${seconds(PATIENCE)} in all.
- **crashes**: an uncaught error ends the process; no promise rejects and no listener is called.
- *after its own timeout*: nothing ended the connection, the client gave up by itself.
- *works*: the client did all that it wanted, and noticed nothing.
- All others say it at once, or as soon as the connection ends.

## Noteworthy

- Where the broker never answers, amqplib has no timeout unless it is given one, in its socket options:
  \`connect(url, {timeout: 10_000})\`. That of @cloudamqp/amqp-client is 60 s without an octet, by its source. pika gives up
  after 15 s.
- A frame without its end is an error that is thrown where @cloudamqp/amqp-client reads its socket: nothing can catch it but
  \`process.on('uncaughtException')\`.
- amqplib does not tell a Close in answer to Open: a virtual host that is missing and a broker that shuts down have the same
  message, without code and text.
- amqplib tells code 320 on an open connection by its event \`close\` only; \`error\` does not come.
- amqplib takes the protocol header that refuses it for a frame of 1.3 GB.
- @cloudamqp/amqp-client asks for no heartbeats, so that it does not notice when they are missing.
- amqplib does not look at the version in Start, and @cloudamqp/amqp-client neither at it nor at the mechanisms.
- A Tune with frames smaller than AMQP allows is refused by amqplib and pika. @cloudamqp/amqp-client answers with the same
  size, and RabbitMQ ends the connection after 3 s.
- pika names the step that it was at, not the cause: a mere reset is an \`IncompatibleProtocolError\` before Start, a
  \`ProbableAuthenticationError\` before Tune and a \`ProbableAccessDeniedError\` after it.
- A reset that comes together with octets is told by Node itself as an end, so that what a Node client says of it differs
  from run to run. The faults that write something and end the connection have a FIN here for that reason.
`;

/** The text of docs/clients.md. @param said for each case what each of the clients says */
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
