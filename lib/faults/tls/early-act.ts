import type { Fault } from '../fault.js';
import { faultType } from '../registry.js';
import type { TlsAct, TlsMoment } from './tls-act.js';

/** The moments before AMQP begins, on a proxy with `tls`. */
export type EarlyMoment = 'accept' | TlsMoment;

/** What a fault does before AMQP begins. */
export type Early = {
  readonly moment: EarlyMoment;
  /** Time from the moment until it acts, in ms. */
  readonly delay: number;
  readonly act: TlsAct;
};

/** Returns what a fault does before AMQP begins, on a proxy with `tls`; undefined if it acts later. */
export function earlyActOf({ type: name, attributes }: Pick<Fault, 'type' | 'attributes'>): Early | undefined {
  const type = faultType(name);
  if (type?.acts === 'tls') {
    return { moment: type.at(attributes as never), delay: 0, act: type.act(attributes as never) };
  }
  if (type?.acts !== 'handshake' || type.actBeforeTls === undefined) return undefined;
  const { moment, delay } = type.at(attributes as never);
  return moment === 'accept' ? { moment, delay, act: type.actBeforeTls(attributes as never) } : undefined;
}
