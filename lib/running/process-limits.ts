import type { Limit } from '../amqp/limit.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/schema.js';
import type { Admission } from '../proxy/admission.js';
import type { Limits } from '../report/limits.js';
import type { Log } from '../report/log.js';
import { containerMemory } from './container-memory.js';
import { connectionsWithin, controlConnections, type Held } from './descriptor-budget.js';
import { IdleCollection } from './idle-collection.js';
import { MemoryBudget } from './memory-budget.js';
import { openFileLimit } from './open-file-limit.js';
import type { OwnMemory } from './own-memory.js';

/** What the operating system grants the process, and what it uses. */
export type ProcessResources = {
  /** How many files and sockets it may open. @defaultValue the limit of the operating system */
  readonly openFiles?: number | null;
  /** The memory limit of the container, in bytes. @defaultValue that of the control group */
  readonly containerMemory?: number | null;
  readonly measureMemory?: () => OwnMemory;
  readonly collectGarbage?: () => void;
};

/** Refuses connections that the descriptors or the memory of the process do not suffice for. */
export class ProcessLimits implements Admission {
  private readonly openFiles: number | null;
  private readonly memory: MemoryBudget;
  private readonly idle: IdleCollection;
  private readonly log: Log;
  private open = 0;
  private max: number;
  private warned = '';

  constructor(
    { memoryLimit }: Pick<Config, 'memoryLimit'>,
    { log, clock, resources = {} }: { readonly log: Log; readonly clock: Clock; readonly resources?: ProcessResources },
  ) {
    const {
      openFiles = openFileLimit(),
      containerMemory: container = containerMemory(),
      measureMemory,
      collectGarbage,
    } = resources;
    this.log = log;
    this.openFiles = openFiles;
    this.max = connectionsWithin(openFiles, { proxies: 0, hanging: 0, hasStandIn: false });
    const limit = memoryLimit === 'auto' ? container : memoryLimit === 'off' ? null : memoryLimit;
    this.memory = new MemoryBudget(limit, {
      clock,
      connections: () => this.open,
      say: (message) => log.say('warning', message),
      measure: measureMemory,
      collect: collectGarbage,
    });
    this.idle = new IdleCollection({ clock, measure: measureMemory, collect: collectGarbage });
  }

  /** How many connections the control API may have. */
  get controlConnections(): number {
    return controlConnections(this.openFiles);
  }

  /** Measures memory until `stop`. */
  start(): void {
    this.memory.start();
    this.idle.start();
  }

  stop(): void {
    this.memory.stop();
    this.idle.stop();
  }

  /** Something else holds descriptors than before. */
  held(held: Held): void {
    this.max = connectionsWithin(this.openFiles, held);
  }

  /** Logs a warning if the descriptors do not suffice for what is configured. @param configured the sum of `maxConnections` */
  check(configured: number): void {
    const { max, openFiles } = this;
    if (max >= configured) return;
    const warning = `at most ${max} connections can be open at once, not ${configured} (maxConnections), because the process may have only ${openFiles} open files: raise that limit (ulimit -n; LimitNOFILE in systemd; ulimits.nofile in Docker Compose) or lower maxConnections`;
    if (warning !== this.warned) this.log.say('warning', warning, { max, configured, openFiles });
    this.warned = warning;
  }

  enter(): Limit | undefined {
    if (this.memory.refusal !== undefined) return this.memory.refusal;
    const { open, max, openFiles } = this;
    if (open >= max) return { name: 'limit', limit: 'openFiles', value: max, openFiles: openFiles as number };
    this.open += 1;
    return undefined;
  }

  leave(): void {
    this.open -= 1;
  }

  get state(): Limits {
    const { open, max, openFiles, memory } = this;
    return {
      connections: { open, max: Number.isFinite(max) ? max : null, openFiles },
      memory: { used: memory.used, limit: memory.limit, refusing: memory.refusal !== undefined },
    };
  }
}
