import test, { type ExecutionContext } from 'ava';
import type { Clock } from '../../lib/clock.js';
import type { FaultInput } from '../../lib/faults/fault.js';
import { TLS_MOMENTS } from '../../lib/faults/tls/tls-act.js';
import { startFaulty } from '../support/faults.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls } from '../support/secure-wire.js';

const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const start = (t: ExecutionContext, fault: FaultInput, clock?: Clock) =>
  startFaulty(t, [{ name: 'here', ...fault }], { tls: TLS, ...(clock && { clock }) });

for (const version of VERSIONS) {
  const options = { minVersion: version, maxVersion: version } as const;
  for (const at of TLS_MOMENTS) {
    for (const type of ['tls_reset', 'tls_fin'] as const) {
      const close = type === 'tls_reset' ? 'rst' : 'fin';
      test(`${version}: ${type} at ${at} ends the connection there`, async (t) => {
        const { proxy } = await start(t, { type, attributes: { at }, times: 1 });
        const client = await dialTls(t, proxy, options);
        const notified = type === 'tls_fin' && at === 'secured';
        t.deepEqual(await client.how(), { notified, close });
        client.fin();
        t.like(await proxy.nextReport(), {
          decision: 'fault',
          reason: { name: 'fault' },
          fault: { name: 'here', type, at },
          ended: { by: 'proxy', clientSaw: close },
          explained: [`fault "here" (${type}) acts, hit 1 of 1`],
        });
        // The next one is untouched.
        const next = await dialSecured(t, proxy, options);
        await next.send(HEADER);
      });
    }
  }
}
