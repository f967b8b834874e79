import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/schema.js';
import { type Fault, faultId } from '../faults/fault.js';
import type { FaultList } from '../faults/fault-list.js';
import type { UnfitFaults } from './unfit-faults.js';

/** Keeps the faults of the config in the list of all faults. Faults added otherwise are left alone. */
export class ConfigFaults {
  private readonly list: FaultList;
  private readonly unfit: UnfitFaults;
  private faults: ReadonlyMap<string, Fault> = new Map();

  /** @param unfit refuses those that the proxies cannot apply */
  constructor(list: FaultList, unfit: UnfitFaults) {
    this.list = list;
    this.unfit = unfit;
  }

  /**
   * Applies the faults of a config. A fault that has not changed stays active and keeps its count.
   *
   * @returns a function that undoes it
   * @throws ConfigError when a fault added otherwise has the same name, or needs TLS that its proxy no longer has; then nothing
   *   has changed
   */
  apply(config: Config): () => void {
    const before = this.faults;
    const wanted = new Map(faultsOf(config).map((fault) => [faultId(fault), fault]));
    const others = this.list.all.filter(({ id }) => !before.has(id));
    const undo = this.unfit.apply(
      config.proxies,
      others.map(({ fault }) => fault),
    );
    try {
      this.replace(before, wanted);
    } catch (error) {
      undo();
      throw error;
    }
    return () => {
      undo();
      this.replace(wanted, before);
    };
  }

  private replace(before: ReadonlyMap<string, Fault>, wanted: ReadonlyMap<string, Fault>): void {
    // A fault of the config that was removed through the control API is added again.
    const isSame = ([id, fault]: [string, Fault]) =>
      isDeepStrictEqual(before.get(id), fault) && this.list.get(id) !== undefined;
    const kept = new Set([...wanted].filter(isSame).map(([id]) => id));
    const gone = [...before.keys()].filter((id) => !kept.has(id));
    const added = [...wanted].filter(([id]) => !kept.has(id)).map(([, fault]) => fault);
    if (gone.length > 0 || added.length > 0) this.list.replace(new Set(gone), added);
    this.faults = wanted;
  }
}

function faultsOf({ proxies }: Config): Fault[] {
  return proxies.flatMap(({ name, faults }) => faults.map((fault) => ({ ...fault, proxy: name }) as Fault));
}
