import test from 'ava';
import { embryonicResets } from '../../../lib/running/invisible/embryonic-resets.js';

const NETSTAT = `TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled
TcpExt: 1 2 3 17 5
IpExt: InNoRoutes InTruncatedPkts
IpExt: 7 8
`;

test('the number is that under its name', (t) => {
  t.is(
    embryonicResets(() => NETSTAT),
    17,
  );
});

test('without the file or the name there is no number', (t) => {
  t.is(
    embryonicResets(() => {
      throw new Error('ENOENT');
    }),
    null,
  );
  for (const text of ['', NETSTAT.replace('EmbryonicRsts', 'Others'), 'TcpExt: EmbryonicRsts\n'])
    t.is(
      embryonicResets(() => text),
      null,
    );
});
