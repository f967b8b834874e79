// A short session with @cloudamqp/amqp-client that stays open for a while. Arguments: port, time to stay in ms.
import { AMQPClient } from '@cloudamqp/amqp-client';
import { describeError, say } from './say.js';

const BODY = 'x'.repeat(5_000);
const [port, stay] = process.argv.slice(2).map(Number);
const events: string[] = [];
// Otherwise a promise that never settles would end the process, as if the session were complete.
const alive = setInterval(() => {}, 60_000);

try {
  say({ step: 'connect' });
  const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
  const connection = await client.connect();
  const ended = new Promise<void>((resolve) => {
    connection.onerror = (error) => {
      events.push(`onerror, ${describeError(error)}`);
      resolve();
    };
  });
  say({ step: 'use' });
  const channel = await connection.channel();
  const { name } = await channel.queueDeclare('', { exclusive: true });
  await channel.confirmSelect();
  await channel.basicPublish('', name, BODY);
  const message = await channel.basicGet(name, { noAck: true });
  if (message?.bodyString() !== BODY) throw new Error('received a different message');
  say({ step: 'stay' });
  const time = new Promise<void>((resolve) => setTimeout(resolve, stay));
  await Promise.race([ended, time]);
  if (events.length === 0) {
    say({ step: 'close' });
    await connection.close();
  }
  say({ error: events[0] ?? null });
} catch (error) {
  say({ error: events[0] ?? describeError(error) });
}
clearInterval(alive);
process.exit();
