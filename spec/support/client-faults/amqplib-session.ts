// A short session with amqplib that stays open for a while. Arguments: port, time to stay in ms.
import { connect } from 'amqplib';
import { describeError, say } from './say.js';

const BODY = Buffer.alloc(5_000, 'x');
const [port, stay] = process.argv.slice(2).map(Number);
const events: string[] = [];
// Otherwise a promise that never settles would end the process, as if the session were complete.
const alive = setInterval(() => {}, 60_000);

try {
  say({ step: 'connect' });
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
  const ended = new Promise<void>((resolve) => {
    connection.on('error', (error) => events.push(`event error, ${describeError(error)}`));
    connection.on('close', (error) => {
      events.push(error === undefined ? 'event close' : `event close, ${describeError(error)}`);
      resolve();
    });
  });
  say({ step: 'use' });
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, BODY);
  await channel.waitForConfirms();
  const message = await channel.get(queue, { noAck: true });
  if (message === false || !message.content.equals(BODY)) throw new Error('received a different message');
  say({ step: 'stay' });
  const time = new Promise<void>((resolve) => setTimeout(resolve, stay));
  await Promise.race([ended, time]);
  if (events.length === 0) {
    say({ step: 'close' });
    await connection.close();
    events.length = 0;
  }
  say({ error: events[0] ?? null });
} catch (error) {
  say({ error: events[0] ?? describeError(error) });
}
clearInterval(alive);
process.exit();
