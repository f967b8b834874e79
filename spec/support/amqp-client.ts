import type { Socket } from 'node:net';
import { AMQPClient } from '@cloudamqp/amqp-client';

/** A connection of a real client, with its own address. */
export async function openClient(port: number): Promise<{ readonly client: AMQPClient; readonly address: string }> {
  const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
  client.onerror = () => {};
  const connection = await client.connect();
  await connection.channel();
  const { localPort } = (client as unknown as { readonly socket: Socket }).socket;
  return { client, address: `127.0.0.1:${localPort}` };
}
