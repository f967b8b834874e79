import test from 'ava';
import type { HeaderFailure } from '../../lib/proxy-protocol/failure.js';
import { proxyHeaderReason } from '../../lib/rules/proxy-header-reason.js';
import { ascii } from '../support/bytes.js';

const cases: readonly (readonly [failure: HeaderFailure, first: string, name: string])[] = [
  [{ why: 'timeout', timeout: 3_000 }, '', 'handshake_timeout'],
  [{ why: 'timeout', timeout: 3_000 }, 'PROXY', 'handshake_timeout'],
  [{ why: 'closed' }, '', 'connection_closed_with_no_data_received'],
  [{ why: 'closed' }, 'P', 'connection_closed_abruptly'],
  [{ why: 'missing' }, 'AMQP', 'bad_header'],
  [{ why: 'untrusted' }, 'PROXY', 'bad_header'],
  [{ why: 'malformed', problem: '' }, 'PROXY', 'bad_header'],
];

for (const [failure, first, name] of cases) {
  test(`no PROXY header (${failure.why}) after '${first}' is ${name}`, (t) => {
    t.deepEqual(proxyHeaderReason(failure, ascii(first)), { name, proxyHeader: failure } as never);
  });
}
