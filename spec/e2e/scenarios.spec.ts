import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { Fault } from '../../lib/faults/fault.js';
import type { Faults } from '../../lib/faults/proxy-faults.js';
import { readScenarioText } from '../../lib/faults/read-scenario.js';
import { planAt } from '../../lib/faults/scenario.js';
import { ScenarioRun } from '../../lib/faults/scenario-run.js';
import { createSnare, type Snare } from '../../lib/index.js';
import { parseDuration } from '../../lib/text/duration.js';
import { ManualClock } from '../support/manual-clock.js';
import { until } from '../support/rabbitmq/until.js';
import { ScenarioClient } from '../support/scenario-client.js';
import { PROMISED } from '../support/scenario-promises.js';
import { pemPath } from '../support/secure-wire.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';

const FOLDER = 'config/scenarios';
/** Speed-up of the durations of faults, by attribute. The steps begin and end when their effects were seen. */
const FACTORS: Readonly<Record<string, number>> = { timeout: 10, delay: 10, idle: 1_000, over: 60, every: 10, for: 5 };
/** Timeouts of a bare connect, and of the steps of a client with a fault under which it hangs and without, in ms. */
const [CONNECT_PATIENCE, SHORT_PATIENCE, PATIENCE] = [500, 1_000, 15_000] as const;
/** The certificate of a proxy whose scenario needs one. */
const TLS = { cert: pemPath('server'), key: pemPath('server-key') };
/** Listener faults have no hits, because the proxy receives no connection. */
const OF_LISTENER = new Set(['connect_refuse', 'connect_hang']);

const promiseOf = (scenario: string, { name, type }: Fault): RegExp | undefined =>
  PROMISED[scenario]?.[name] ?? PROMISED[scenario]?.[type];

for (const file of readdirSync(FOLDER)) {
  test(`${file} acts on clients of a real broker as described, and leaves nothing behind`, async (t) => {
    t.timeout(150_000);
    const name = file.replace('.yaml', '');
    const scenario = readScenarioText(faster(readFileSync(`${FOLDER}/${file}`, 'utf8')), file, { proxy: 'amqp' });
    const isSecured = scenario.steps.some((step) => 'fault' in step && step.fault.type.startsWith('tls_'));
    const upstream = `127.0.0.1:${sharedRabbitmq().port}`;
    await using snare = await createSnare({ upstream, seed: 1, ...(isSecured && { tls: TLS }) });
    const seen = new Set<string>();
    const client = new ScenarioClient((what) => void seen.add(what));
    // Faults of open connections act on this one at once, however busy the machine is.
    const open = await client.open(`${snare.url}?heartbeat=1`, PATIENCE);
    const clock = new ManualClock();
    const { registry: faults } = snare as unknown as { readonly registry: Faults };
    const run = new ScenarioRun(scenario, { faults, clock, ended: () => {} });
    while (!run.isOver) {
      const acting = run.faults.filter(({ fault }) => fault.type !== 'noop');
      const promised = acting.map(({ id, fault }) => promiseOf(name, fault) ?? new RegExp(`no promise of ${id}`));
      const missing = (): unknown[] => [
        ...promised.filter((pattern) => ![...seen].some((each) => pattern.test(each))),
        ...acting.filter(({ fault, hits }) => !OF_LISTENER.has(fault.type) && hits === 0).map(({ id }) => id),
      ];
      const patience = promised.some(({ source }) => source.includes('hangs$')) ? SHORT_PATIENCE : PATIENCE;
      const isSeen = await until(async () => {
        if (missing().length === 0) return true;
        seen.add(`dial: ${await tryToConnect(snare)}`);
        await client.use(snare.url, patience);
        addCloses(seen, snare);
        return missing().length === 0;
      }, 60_000);
      t.true(isSeen, `${missing().join(', ')} is missing in\n${[...seen].join('\n')}`);
      const { changesAt } = planAt(scenario, run.elapsed);
      if (changesAt === null || !isSeen) run.stop();
      else clock.advance(changesAt - run.elapsed);
    }
    open?.leave();
    // Held connections resume, or their clients have left.
    t.true(await until(() => snare.connections().length === 0, 30_000));
    const before = snare.reports().length;
    await client.use(snare.url, PATIENCE);
    t.true(await until(() => snare.reports().length > before, 5_000));
    t.like(snare.reports().at(-1), {
      decision: 'forward',
      reason: { name: 'connection_closed' },
      connectionClose: { by: 'client', code: 200 },
      faults: [],
      explained: [],
    });
  });
}

/** The same file, with the durations of its faults divided. Those of its steps are needed by no clock here. */
function faster(text: string): string {
  const durations = new RegExp(`\\b(${Object.keys(FACTORS).join('|')}): ([\\w.]+)`, 'g');
  return text.replace(durations, (_, key: string, value: string) => {
    const shorter = (duration: string) => `${parseDuration(duration) / (FACTORS[key] as number)}ms`;
    return `${key}: ${value.replace(/\d+(?:ms|s|m)/g, shorter)}`;
  });
}

/** Adds the Closes that were sent. */
function addCloses(seen: Set<string>, snare: Snare): void {
  for (const { connectionClose: close } of snare.reports())
    if (close?.by === 'proxy') seen.add(`told: ${close.code} ${close.text}`);
}

/** `connected`, `hangs`, or the code of the error. */
async function tryToConnect({ host, port }: Snare): Promise<string> {
  const socket = dial({ host, port });
  try {
    return await Promise.race([once(socket, 'connect').then(() => 'connected'), sleep(CONNECT_PATIENCE, 'hangs')]);
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}
