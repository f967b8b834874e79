/** The versions whose logs are imitated, in the order in which they appear. */
const VERSIONS = ['3.6', '3.8', '3.10', '4.0', '4.3'] as const;
type Version = (typeof VERSIONS)[number];

type Entry = { readonly level: 'info' | 'warning' | 'error' | 'debug'; readonly text: string; readonly pid: string };

/** About 1 MB. */
const PART = 1_000_000;
const BEGINNING = Date.UTC(2026, 0, 5);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SERVER = '10.0.0.2:5672';

/**
 * A broker's log of this size as it is written when health checks, clients and mistakes of all kinds arrive, in parts of about
 * 1 MB. The same arguments give the same log.
 *
 * @param size bytes
 * @param sources addresses of clients; a third of them are health checks with a period of 5 to 60 s
 */
export function* brokerLog(
  size: number,
  { isJson, sources }: { readonly isJson: boolean; readonly sources: number },
): Generator<string> {
  let [written, part, at, pid, turn] = [0, '', BEGINNING, 1000, 0];
  const chance = chanceFrom(7);
  while (written + part.length < size) {
    const share = Math.floor(((written + part.length) / size) * VERSIONS.length);
    const version = isJson ? '4.3' : (VERSIONS[share] as Version);
    const source = turn % sources;
    // Each source has its own moment in a period of 5 s.
    at =
      BEGINNING + Math.floor(turn / sources) * 5000 + Math.floor((source / sources) * 5000) + Math.floor(chance() * 20);
    turn += 1;
    pid += 3;
    const client = `10.${source >> 16}.${(source >> 8) & 255}.${source & 255}:${30_000 + (turn % 30_000)}`;
    for (const entry of entriesOf(source, client, `<0.${pid}.0>`, version, chance))
      part += isJson ? json(entry, at) : lines(entry, at, version);
    if (part.length > PART) {
      yield part;
      written += part.length;
      part = '';
    }
  }
  yield part;
}

/** The entries of one connection, or some that are about something else. */
function entriesOf(source: number, client: string, pid: string, version: Version, chance: () => number): Entry[] {
  const isNew = version.startsWith('4');
  const name = `${client} -> ${SERVER}`;
  const accepting = `accepting AMQP connection ${isNew ? name : `${pid} (${name})`}`;
  const closing = (more = '', took = "'49ms'") =>
    `closing AMQP connection ${pid} (${name}${more}${isNew ? `, duration: ${took}` : ''}):\n`;
  const badHeader = (text: string, octets: string) =>
    version === '4.3'
      ? `closing AMQP connection ${name} (duration: '0ms'):\n${text}`
      : `${closing()}{bad_header,${octets}}`;
  const entry = (level: Entry['level'], text: string): Entry => ({ level, text, pid });
  switch (source % 12) {
    case 0:
    case 1:
      return [entry('info', accepting), entry('warning', `${closing()}client unexpectedly closed TCP connection`)];
    case 2:
      return [
        entry('info', accepting),
        entry(
          'error',
          badHeader(
            'HTTP GET request detected on AMQP port. Ensure the client is connecting to the correct port.',
            '<<"GET / HT">>',
          ),
        ),
      ];
    case 3:
      return [entry('info', accepting), entry('error', `${closing('', "'10s'")}{handshake_timeout,handshake}`)];
    case 4:
      return [
        entry('info', accepting),
        entry(
          'error',
          `Error on AMQP connection ${pid} (${name}, state: starting):\nPLAIN login refused: user 'app${source}' - invalid credentials`,
        ),
        entry('info', `closing AMQP connection ${isNew ? `(${name}, duration: '1s')` : `${pid} (${name})`}`),
      ];
    case 5:
      return [
        entry('error', `supervisor: {${pid},rabbit_channel_sup_sup}\n  errorContext: shutdown_error\n  reason: noproc`),
        entry('info', `rabbit on node rabbit@broker-1: queue 'orders.${source}' in vhost '/' promoted replica ${pid}`),
        entry('debug', `Closing all channels from connection '${name}' because it has been closed`),
      ];
    default: {
      const login = `user 'app' authenticated and granted access to vhost '/'`;
      const end = chance() < 0.05;
      return [
        entry('info', accepting),
        entry('info', `connection ${isNew ? name : `${pid} (${name})`}: ${login}`),
        end
          ? entry('warning', `${closing(", vhost: '/', user: 'app'")}client unexpectedly closed TCP connection`)
          : entry(
              'info',
              `closing AMQP connection ${isNew ? '' : `${pid} `}(${name}, vhost: '/', user: 'app'${isNew ? ", duration: '3M, 12s'" : ''})`,
            ),
      ];
    }
  }
}

function lines({ level, text, pid }: Entry, at: number, version: Version): string {
  const iso = new Date(at).toISOString();
  if (version === '3.6') {
    const [heading, month] = [level === 'debug' ? 'INFO' : level.toUpperCase(), MONTHS[Number(iso.slice(5, 7)) - 1]];
    return `\n=${heading} REPORT==== ${Number(iso.slice(8, 10))}-${month}-${iso.slice(0, 4)}::${iso.slice(11, 19)} ===\n${text}\n`;
  }
  const time = `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
  if (version === '3.8') return `${time} [${level}] ${pid} ${text}\n`;
  const prefix = `${time}${pid.slice(3, 6).padStart(3, '0')}+00:00 [${level}] ${pid} `;
  return `${prefix}${text.replaceAll('\n', `\n${prefix}`)}\n`;
}

function json({ level, text, pid }: Entry, at: number): string {
  const iso = new Date(at).toISOString();
  const time = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000+00:00`;
  const place = {
    line: 527,
    pid,
    file: 'rabbit_reader.erl',
    domain: 'rabbitmq.connection',
    mfa: ['rabbit_reader', 'mainloop', 4],
  };
  return `${JSON.stringify({ time, level, msg: text, ...place })}\n`;
}

/** Numbers from 0 to 1 that depend only on the seed. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
