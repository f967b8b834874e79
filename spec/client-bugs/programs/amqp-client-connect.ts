// Connects with a version of @cloudamqp/amqp-client. Arguments: port, name of its package in spec/tools. A connect that is rejected is
// right, too.
import type * as Library from '@cloudamqp/amqp-client';
import { requireSpecTool } from '../../support/spec-tools.js';

const [port, name = ''] = process.argv.slice(2);
const { AMQPClient } = requireSpecTool<typeof Library>(name);
// Otherwise a promise that never settles would end the process.
setInterval(() => {}, 60_000);
console.log('connecting');
const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
try {
  await client.connect();
  console.log('connect() resolves');
} catch (error) {
  console.log(`connect() rejects: ${(error as Error).message}`);
}
process.exit();
