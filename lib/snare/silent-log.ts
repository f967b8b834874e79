import { Writable } from 'node:stream';
import type { Clock } from '../clock.js';
import { Log } from '../report/log.js';

/** A log that writes nothing, for a proxy inside another program. It has its own stream: closing a log ends its stream. */
export function silentLog(clock: Clock): Log {
  const stream = new Writable({ write: (_octets, _encoding, written) => written() });
  return new Log({ format: 'pretty', level: 'none', stream, now: clock.wall });
}
