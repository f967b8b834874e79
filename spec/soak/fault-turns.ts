import { connect } from 'node:net';
import { type Fault, needsTls } from '../../lib/faults/fault.js';
import type { Random } from '../conformance/random.js';
import { ApiFailure } from './api.js';
import { actsOnConnects, type Card, deal } from './deck.js';
import { anyOf, pause, type SoakProxy, type SoakRun } from './soak-run.js';
import { countIn } from './tally.js';

/** How a fault is added. */
const WAYS = ['api', 'toxiproxy', 'scenario'] as const;
type Way = (typeof WAYS)[number];

/** How long to wait for the first connection on which a fault acts, in ms. */
const PATIENCE = 6000;
/** How often to look, in ms. */
const LOOK = 50;
/** How long a connect may take before it counts as hanging, in ms. */
const HANGS = 700;
/** How long a fault stays after it has acted, in ms. */
const [SHORTEST, LONGEST] = [200, 4000] as const;

/** The faults of the run, in turn: every type once, then every type once in a scenario, and so on. */
export class FaultTurns {
  private readonly random: Random;
  private cards: { readonly card: Card; readonly way: Way }[] = [];
  private round = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** The next fault for a proxy, and how to add it. */
  next({ tls }: Pick<SoakProxy, 'tls'>): { readonly card: Card; readonly way: Way } {
    for (;;) {
      const at = this.cards.findIndex(({ card }) => tls || needsTls(card as Fault) === null);
      const [turn] = at < 0 ? [] : this.cards.splice(at, 1);
      if (turn !== undefined) return turn;
      const isForScenarios = this.round % 2 === 1;
      for (const card of deal(this.random)) {
        // One that no proxy could take yet is still waiting.
        if (this.cards.some((waiting) => waiting.card.type === card.type)) continue;
        this.cards.push({ card, way: isForScenarios ? 'scenario' : anyOf(this.random, WAYS) });
      }
      this.round += 1;
    }
  }

  /** Puts a fault that did not act to the end of the round. */
  again(turn: { readonly card: Card; readonly way: Way }): void {
    this.cards.push(turn);
  }
}

/** Adds and removes faults on one proxy, with pauses, until the run is over. */
export async function takeTurns(run: SoakRun, turns: FaultTurns, proxy: SoakProxy): Promise<void> {
  // In a short run each type still gets its turn.
  const longest = Math.min(LONGEST, Math.max(SHORTEST, run.length / 100));
  while (!run.over.aborted) {
    const turn = turns.next(proxy);
    const hasActed = await take(run, turn, proxy, run.random.between(SHORTEST, longest), run.over);
    if (!hasActed) turns.again(turn);
    await pause(run.random.between(0, longest), run.over);
  }
}

/** Adds one fault, waits until it has acted, and removes it after a while. @returns whether it has acted */
export async function take(
  { api, tally }: Pick<SoakRun, 'api' | 'tally'>,
  { card, way }: { readonly card: Card; readonly way: Way },
  proxy: SoakProxy,
  stay: number,
  over: AbortSignal,
): Promise<boolean> {
  const name = `soak-${proxy.name}-${tally.turns}`;
  tally.turns += 1;
  const fault = { ...card, name };
  const { toxics, id } = { toxics: `/proxies/${proxy.name}/toxics`, id: encodeURIComponent(`${proxy.name}/${name}`) };
  let remove: string;
  switch (way) {
    case 'api':
      await api.json('POST', '/faults', { ...fault, proxy: proxy.name });
      remove = `/faults/${id}`;
      break;
    case 'toxiproxy':
      await api.json('POST', toxics, fault);
      remove = `${toxics}/${name}`;
      break;
    case 'scenario': {
      const steps = [{ ...fault, proxy: proxy.name }];
      const scenario = await api.json<{ readonly id: string }>('POST', '/scenarios', { steps, lease: '30s' });
      remove = `/scenarios/${scenario.id}`;
      tally.inScenarios.add(card.type);
      break;
    }
    default:
      throw new Error(way satisfies never);
  }
  const end = performance.now() + PATIENCE;
  let hasActed = false;
  while (!hasActed && performance.now() < end && !over.aborted) {
    if (actsOnConnects(card)) {
      hasActed = await isStopped(proxy.port, card.type);
      if (hasActed) countIn(tally.connects, card.type);
    } else {
      hasActed = (await api.json<{ readonly hits: number }>('GET', `/faults/${id}`)).hits > 0;
    }
    if (!hasActed) await pause(LOOK, over);
  }
  if (hasActed) {
    tally.acted.add(card.type);
    await pause(stay, over);
  }
  await api.text('DELETE', remove).catch((error: unknown) => {
    // A scenario is over when the lease has expired on a machine that stalled.
    if (!(error instanceof ApiFailure && error.status === 404 && way === 'scenario')) throw error;
  });
  return hasActed;
}

/** Whether a connect is refused or hangs, as the fault wants it. */
async function isStopped(port: number, type: Card['type']): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const how = await new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    setTimeout(() => resolve('hangs'), HANGS);
  });
  socket.destroy();
  return how === (type === 'connect_refuse' ? 'ECONNREFUSED' : 'hangs');
}
