import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Labels } from './objects.js';

/**
 * A folder like the volume that the kubelet makes of a ConfigMap. Each file is a link through `..data` to a folder named after
 * the time of the update, and an update swaps the link `..data`.
 *
 * @see `AtomicWriter.Write` in pkg/volume/util/atomic_writer.go of Kubernetes
 */
export class ConfigMapVolume {
  private updates = 0;
  private readonly folder: string;

  constructor(folder: string, data: Labels) {
    this.folder = folder;
    this.update(data);
    for (const name of Object.keys(data)) symlinkSync(join('..data', name), join(folder, name));
  }

  /** Replaces the content of all files in the order of the kubelet, and removes the old ones. */
  update(data: Labels): void {
    const name = `..2026_11_29_00_00_00.${++this.updates}`;
    const [current, next] = [join(this.folder, '..data'), join(this.folder, '..data_tmp')];
    mkdirSync(join(this.folder, name));
    for (const [file, text] of Object.entries(data)) writeFileSync(join(this.folder, name, file), text);
    const old = this.updates > 1 ? readlinkSync(current) : null;
    symlinkSync(name, next);
    renameSync(next, current);
    if (old !== null) rmSync(join(this.folder, old), { recursive: true });
  }
}
