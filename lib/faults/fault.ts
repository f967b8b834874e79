import type * as z from 'zod';
import type { Json } from './attribute.js';
import type { AttributeShape, FaultType } from './fault-type.js';
import type { Moment } from './moment.js';
import { type FaultTypeName, type FaultTypes, faultType } from './registry.js';
import { CONDITIONS, type ConditionName, isOfMessages, type When, type WhenInput } from './when.js';

export type Stream = 'upstream' | 'downstream';

/**
 * A complete and valid fault, as plain data that is equal to its JSON. One type for each fault type: TypeScript compares one
 * type with a union by at most 25 values of a key.
 */
export type Fault = { [Name in FaultTypeName]: FaultOf<Name> }[FaultTypeName];

type FaultOf<Name extends FaultTypeName> = {
  readonly name: string;
  readonly type: Name;
  readonly proxy: string;
  readonly stream: Stream;
  /** The probability that it acts on a connection, from 0 to 1. */
  readonly toxicity: number;
  /** All attributes of its type; null where the default comes from elsewhere, such as the proxy's settings. */
  readonly attributes: { readonly [name: string]: Json };
  readonly when: When;
  /** The number of connections on which it acts, after which it is spent; null: no limit. */
  readonly times: number | null;
};

type AttributesInput<Type> = Type extends { readonly attributes: infer Shape extends AttributeShape }
  ? { readonly [Name in keyof Shape]?: z.input<Shape[Name]> }
  : never;

/** A fault as given by a user. Keys that are missing or null have their defaults. */
export type FaultInput = {
  [Name in FaultTypeName]: {
    readonly type: Name;
    readonly name?: string | null;
    readonly proxy?: string | null;
    readonly stream?: Stream | null;
    readonly toxicity?: number | string | null;
    readonly attributes?:
      | (AttributesInput<Extract<FaultTypes, { name: Name }>> & WhenInput & { readonly times?: number | string | null })
      | null;
    readonly when?: WhenInput | null;
    readonly times?: number | string | null;
  };
}[FaultTypeName];

/** A change of a fault. Keys that are left out keep their values. `enabled` switches the fault on or off. */
export type FaultChangeInput = Partial<Pick<FaultInput, 'attributes' | 'when' | 'toxicity' | 'times'>> & {
  readonly enabled?: boolean;
};

/** Returns the ID of a fault within an instance: `PROXY/NAME`. */
export function faultId({ proxy, name }: Pick<Fault, 'proxy' | 'name'>): string {
  return `${proxy}/${name}`;
}

/** The keys of a fault. */
export const FAULT_KEYS = ['name', 'type', 'proxy', 'stream', 'toxicity', 'attributes', 'when', 'times'] as const;

/** Keys also accepted among the attributes, for clients that know only Toxiproxy's fields. */
export const FLAT_KEYS = ['times', ...(Object.keys(CONDITIONS) as ConditionName[])] as const;

/** Returns those of these keys that a type has: it may lack conditions of messages, and its own attributes come first. */
export function flatKeysOf(type: FaultType): readonly (typeof FLAT_KEYS)[number][] {
  const ofMessages: readonly string[] = (type.acts === 'handshake' && type.conditions) || [];
  return FLAT_KEYS.filter(
    (key) =>
      !Object.hasOwn(type.attributes, key) && (key === 'times' || !isOfMessages(key) || ofMessages.includes(key)),
  );
}

/** Whether a fault acts on the octets of connections, and not only on how they are accepted. */
export function actsOnOctets({ type }: Pick<Fault, 'type'>): boolean {
  const acts = faultType(type)?.acts;
  return acts === 'stream' || acts === 'handshake';
}

/**
 * Why a fault needs a proxy with `tls`, as the attribute or type that needs it: `close_notify=false`; null if it does not.
 */
export function needsTls({ type, attributes }: Pick<Fault, 'type' | 'attributes'>): string | null {
  if (faultType(type)?.acts === 'tls') return type;
  return attributes['close_notify'] === false ? 'close_notify=false' : null;
}

/** Whether a fault can act on a connection that has been open for some time. */
export function actsWhileOpen(fault: Pick<Fault, 'type' | 'attributes'>): boolean {
  const moment = momentOf(fault);
  return moment === null || moment === 'running';
}

/** Returns the moment at which it is decided whether a fault acts; null: as soon as its conditions are known. */
export function momentOf(fault: Pick<Fault, 'type' | 'attributes'>): Moment | null {
  const type = faultType(fault.type);
  if (type === undefined || type.acts === 'stream') return null;
  // It depends on no number, so a ramp makes no difference.
  return type.acts === 'handshake' ? type.at(fault.attributes as never).moment : 'accept';
}
