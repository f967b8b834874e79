import { effectiveSchema, type ProxyConfig } from '../../config/schema.js';
import type { Faults } from '../../faults/proxy-faults.js';
import { ownListenerAt } from '../../running/own-listener.js';
import type { Proxies, ProxyChange } from '../../running/proxies.js';
import type { ProxyState } from '../../running/proxy-state.js';
import { type Address, formatAddress } from '../../text/address.js';
import { ApiError } from '../api-error.js';
import { badBody } from '../read-body.js';
import { readListen } from './listen-address.js';
import { listenError } from './listen-error.js';
import { groupSizes, type Move, NO_MOVE } from './moves.js';
import type { NewProxy, ProxyInput } from './proxy-input.js';
import { readUpstream } from './upstream-address.js';

/** Maximum proxies of one instance. */
const MOST = 1000;
/** Prefix of the errors of a listener that cannot be opened. */
const LISTENING = 'listen tcp: ';
/** Rejects names that are too long, or that could forge lines of the log. */
const NAME = /^[^\p{Cc}]{1,255}$/u;

/** Creates, changes and removes proxies as Toxiproxy's API does. */
export class ToxiproxyProxies {
  private readonly proxies: Proxies;
  private readonly faults: Faults;

  constructor(proxies: Proxies, faults: Faults) {
    this.proxies = proxies;
    this.faults = faults;
  }

  /** @throws ApiError 404 */
  get(name: string): ProxyState {
    const state = this.proxies.state(name);
    if (!state) throw new ApiError(404, 'proxy not found');
    return state;
  }

  /** @throws ApiError 400, 409, 500 */
  async create(input: NewProxy): Promise<ProxyState> {
    const { name } = input;
    const wanted = await this.newProxy(input);
    try {
      return await this.proxies.create(wanted);
    } catch (error) {
      // Two simultaneous requests for one name.
      throw this.proxies.state(name) ? new ApiError(409, 'proxy already exists') : listenError(error);
    }
  }

  /**
   * Changes a proxy. Keys that are left out keep their values.
   *
   * @throws ApiError 400, 404, 500; then nothing has changed
   */
  async change(before: ProxyState, input: ProxyInput): Promise<ProxyState> {
    const change = await changeOf(before, input);
    const after = await this.proxies.change(before.name, change).catch((error) => {
      throw listenError(error);
    });
    if (!after) throw new ApiError(404, 'proxy not found');
    return after;
  }

  /** Removes a proxy with its faults. @throws ApiError 404 */
  async remove(name: string): Promise<void> {
    if (!(await this.proxies.remove(name))) throw new ApiError(404, 'proxy not found');
    this.clear(name);
    this.faults.forget(name);
  }

  /**
   * Applies the entries of a populate in order, and returns each proxy when it is ready. A proxy that already matches its
   * entry is left alone. A proxy that is replaced loses its faults and connections. Entries that exchange ports are
   * applied together: all or none.
   *
   * @throws ApiError for the first entry that fails; then it has changed nothing, and later entries are not tried
   */
  async *populate(entries: readonly NewProxy[]): AsyncGenerator<ProxyState> {
    const names = new Set(entries.map(({ name }) => name));
    // A name that is given twice is replaced by its second entry, so each is applied on its own.
    const moves =
      names.size < entries.length
        ? entries.map(() => NO_MOVE)
        : await Promise.all(entries.map((each) => this.moveOf(each)));
    let start = 0;
    for (const size of groupSizes(moves)) {
      yield* await this.populateTogether(entries.slice(start, start + size));
      start += size;
    }
  }

  /**
   * Enables all proxies and removes all faults.
   *
   * @throws ApiError 500 if a proxy cannot listen; the others are still reset
   */
  async reset(): Promise<void> {
    const problems: string[] = [];
    for (const state of this.proxies.states) {
      this.clear(state.name);
      if (state.enabled) continue;
      try {
        await this.proxies.change(state.name, { enabled: true, listen: await listenNow(state) });
      } catch (error) {
        const problem = listenError(error);
        if (!(problem instanceof ApiError)) throw problem;
        problems.push(problem.message);
      }
    }
    await this.proxies.settled();
    if (problems.length > 0) throw new ApiError(500, problems.join('; '));
  }

  private async populateTogether(entries: readonly NewProxy[]): Promise<ProxyState[]> {
    const wanteds: Parameters<Proxies['changeAll']>[0][number][] = [];
    const replaced: string[] = [];
    for (const entry of entries) {
      const { name, listen = '', enabled = true, own, upstream } = entry;
      const before = this.proxies.state(name);
      if (!before) {
        wanteds.push(await this.newProxy(entry));
      } else if ((await elsewhere(before, listen, LISTENING)) !== null || upstream !== before.upstream) {
        const { mirrorUpstream, mode, dialect, healthChecks } = DEFAULTS;
        const change = await changeOf(
          before,
          { ...entry, listen, enabled, own: { mirrorUpstream, mode, dialect, healthChecks, ...own } },
          LISTENING,
        );
        wanteds.push({ ...change, name });
        replaced.push(name);
      }
    }
    await this.proxies.changeAll(wanteds).catch((error) => {
      throw listenError(error);
    });
    for (const name of replaced) {
      this.clear(name);
      await this.proxies.settled(name);
    }
    return entries.map(({ name }) => this.get(name));
  }

  /** How an entry of a populate moves a listener. An address that is wrong fails when the entry is applied. */
  private async moveOf({ name, upstream, listen = '', enabled = true }: NewProxy): Promise<Move> {
    const before = this.proxies.state(name);
    const leaves = before?.enabled ? portOf(before.listen) : 0;
    try {
      const address = before ? await elsewhere(before, listen, LISTENING) : await readListen(listen, LISTENING);
      if (address !== null) return { takes: enabled ? address.port : 0, leaves };
    } catch (error) {
      if (error instanceof ApiError) return NO_MOVE;
      throw error;
    }
    if (!before || upstream === before.upstream || enabled === before.enabled) return NO_MOVE;
    return { takes: enabled ? portOf(before.listen) : 0, leaves };
  }

  /** Returns the config of a new proxy. @throws ApiError 400, 409, 500 */
  private async newProxy({ name, upstream, own, ...input }: NewProxy): Promise<ProxyConfig> {
    if (!NAME.test(name)) throw badBody('name must be 1 to 255 characters, none of them a control character');
    if (this.proxies.state(name)) throw new ApiError(409, 'proxy already exists');
    if (this.proxies.states.length >= MOST) throw new ApiError(409, `there must be at most ${MOST} proxies`);
    const { enabled = true, listen: text = '' } = input;
    // The address of a disabled proxy is not checked until it is enabled.
    const listen = enabled ? await readListen(text, LISTENING) : { host: '', port: 0, written: text };
    const wanted = { ...DEFAULTS, ...own, name, enabled, listen, upstream: readUpstream(upstream) };
    await refuseLoop(wanted.upstream, listen);
    return wanted;
  }

  private clear(name: string): void {
    const { list } = this.faults;
    list.replace(new Set(list.all.filter(({ fault }) => fault.proxy === name).map(({ id }) => id)), []);
  }
}

/** Settings that Toxiproxy does not have: a new proxy forwards every protocol unless it asks for `guard`. */
const DEFAULTS = effectiveSchema.parse({ proxies: [{ mode: 'observe' }] }).proxies[0] as ProxyConfig;

const portOf = (listen: string): number => Number(listen.slice(listen.lastIndexOf(':') + 1));

/** Returns the change of a proxy that an input asks for. @throws ApiError 400, 500 */
async function changeOf(
  before: ProxyState,
  { listen, upstream, enabled, own }: ProxyInput,
  prefix = '',
): Promise<ProxyChange> {
  if (upstream === '') throw new ApiError(400, 'missing required field: upstream');
  const change: { -readonly [Key in keyof ProxyChange]: ProxyChange[Key] } = { ...own };
  if (enabled !== undefined) change.enabled = enabled;
  if (upstream !== undefined && upstream !== before.upstream) change.upstream = readUpstream(upstream);
  const address = listen === undefined ? null : await elsewhere(before, listen, prefix);
  if (address !== null) change.listen = address;
  else if (enabled && !before.enabled) change.listen = await listenNow(before);
  if (change.upstream !== undefined) await refuseLoop(change.upstream, change.listen ?? before.asked);
  return change;
}

/**
 * Returns the address that a proxy is to listen on; null if it already does: if the address is the requested one or the
 * bound one, however it is written.
 *
 * @throws ApiError 500
 */
async function elsewhere({ asked, listen }: ProxyState, wanted: string, prefix: string): Promise<Address | null> {
  if (wanted === formatAddress(asked) || wanted === listen) return null;
  const address = await readListen(wanted, prefix);
  const { host, port } = address;
  return formatAddress({ host, port }) === listen ? null : address;
}

/**
 * Returns the address of a proxy that is to listen now. If it never listened, only the text of its address is known.
 */
async function listenNow({ asked }: ProxyState): Promise<Address> {
  const { written } = asked;
  return written === undefined || asked.host !== '' ? asked : readListen(written, LISTENING);
}

/** Rejects a proxy that would dial itself endlessly. */
async function refuseLoop(upstream: ProxyConfig['upstream'], listen: Address): Promise<void> {
  if (typeof upstream !== 'object' || !(await ownListenerAt(upstream, [listen]))) return;
  throw new ApiError(400, `upstream must not be the proxy's own listener: ${formatAddress(upstream)}`);
}
