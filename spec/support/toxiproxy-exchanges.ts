import { readFileSync } from 'node:fs';
import type { RecordedPorts } from './recorded-ports.js';
import { type Request, type Response, send } from './toxiproxy.js';

/** Requests to a real Toxiproxy 2.12.0, and its responses. */
export type Exchange = {
  readonly section: string;
  readonly title: string;
  readonly request: Request;
  readonly response: Response;
};

/** Exchanges with one server, in order: each depends on the state left by the previous ones. */
export type Session = { readonly session: string; readonly exchanges: readonly Exchange[] };

const sessions = JSON.parse(
  readFileSync(new URL('../../../spec/fixtures/toxiproxy/exchanges.json', import.meta.url), 'utf8'),
) as readonly Session[];

/** @throws Error when no session has this name */
export function exchangesOf(name: string): readonly Exchange[] {
  const found = sessions.find(({ session }) => session === name);
  if (!found) throw new Error(`there is no session ${name}`);
  return found.exchanges;
}

export const keyOf = ({ section, title }: Exchange): string => `${section} / ${title}`;

/** The state before the third section of the recording. */
const LEFT = ['rmq', 'eph', 'any4', 'off'];

async function leave(url: string): Promise<void> {
  const all = await send(url, { method: 'GET', path: '/proxies' });
  const gone = Object.keys(JSON.parse(all.body) as object).filter((name) => !LEFT.includes(name));
  for (const name of gone) await send(url, { method: 'DELETE', path: `/proxies/${encodeURIComponent(name)}` });
}

/** Plays the exchanges, with the ports of this run. `judge` is called for each response. */
export async function replay(
  url: string,
  exchanges: readonly Exchange[],
  ports: RecordedPorts,
  judge: (exchange: Exchange, got: Response) => void,
): Promise<void> {
  let section = '';
  for (const exchange of exchanges) {
    if (section !== exchange.section && exchange.section.startsWith('Reading')) await leave(url);
    section = exchange.section;
    const { request } = exchange;
    judge(exchange, await send(url, { ...request, body: request.body == null ? null : ports.translate(request.body) }));
  }
}
