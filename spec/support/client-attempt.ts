// A client in a process of its own, for it may take that down with it: connects and says what became of it.
import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect } from 'amqplib';

const [, , name, url = '', patience] = process.argv;

const say = (words: string): void => {
  process.stdout.write(`${words.replaceAll('\n', ' ')}\n`, () => process.exit());
};

process.on('uncaughtException', (error) => say(`crash ${error.message}`));

setTimeout(() => say('hangs'), Number(patience));

try {
  if (name === 'amqplib') await connect(url);
  else {
    const client = new AMQPClient(url);
    client.onerror = () => {};
    await client.connect();
  }
  say('connects');
} catch (error) {
  say(`error ${(error as Error).message}`);
}
