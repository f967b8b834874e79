// Closes a connection that is blocked, with a version of amqplib. Arguments: port, name of its package in spec/tools.
import { once } from 'node:events';
import type * as Library from 'amqplib';
import { requireSpecTool } from '../../support/spec-tools.js';

const [port, name = ''] = process.argv.slice(2);
const { connect } = requireSpecTool<typeof Library>(name);
console.log('connecting');
const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
await once(connection, 'blocked');
console.log('blocked, calling close()');
await connection.close();
console.log('close() resolves');
process.exit();
