import type * as nodeTls from 'node:tls';

/** TLS of Node.js. It is loaded at its first use: a proxy without TLS does not need it. */
export const tls = (): typeof nodeTls => process.getBuiltinModule('node:tls');
