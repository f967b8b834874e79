import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/schema.js';
import { type Fault, faultId } from '../faults/fault.js';
import type { FaultList } from '../faults/fault-list.js';

/** The faults that the config names, in the list of all faults. Those that others added are left alone. */
export class ConfigFaults {
  private readonly list: FaultList;
  private faults: ReadonlyMap<string, Fault> = new Map();

  constructor(list: FaultList) {
    this.list = list;
  }

  /**
   * Brings the list in line with a config. What has not changed goes on, with its count.
   *
   * @returns what undoes it
   * @throws ConfigError when a name is taken by a fault that another added; then nothing has changed
   */
  apply(config: Config): () => void {
    const before = this.faults;
    const wanted = new Map(faultsOf(config).map((fault) => [faultId(fault), fault]));
    this.replace(before, wanted);
    return () => this.replace(wanted, before);
  }

  private replace(before: ReadonlyMap<string, Fault>, wanted: ReadonlyMap<string, Fault>): void {
    // One that somebody has removed meanwhile comes back: the config has it.
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
  return proxies.flatMap(({ name, faults }) => faults.map((fault) => ({ ...fault, proxy: name })));
}
