import type * as z from 'zod';
import type { HandshakeAct, Negotiated, Setting, Trigger } from './handshake/fault-actions.js';
import type { Moment, Place } from './moment.js';
import type { OpenLink } from './stream/link.js';
import type { EarlyAct, TlsAct, TlsMoment } from './tls/tls-act.js';
import type { MessageCondition, When } from './when.js';

/** The attributes of a fault type, each a schema with its notes. */
export type AttributeShape = { readonly [name: string]: z.ZodType };
export type AttributesOf<Shape extends AttributeShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

type Common<Name extends string, Shape extends AttributeShape> = {
  readonly name: Name;
  /** One or two sentences, for help and docs. */
  readonly description: string;
  readonly attributes: Shape;
  /** Whether Toxiproxy has this type too. Its API then reads the attributes by Toxiproxy's rules. @defaultValue false */
  readonly isToxiproxy?: boolean;
  /** Checks attributes that are valid one by one. Returns a message (`must be …, not …`) for each one that is wrong. */
  check?(attributes: AttributesOf<Shape>): { readonly [name: string]: string };
};

/** Acts on the bytes of a direction, as a link of its chain. */
export type StreamFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'stream';
  /** Whether it acts on both directions, whatever the fault's `stream`. @defaultValue false */
  readonly isOfBothDirections?: boolean;
  /** Whether new connects hang too, unless conditions select the connections on which it acts. @defaultValue false */
  readonly hangsConnects?: boolean;
  // A method, so that the registry can hold types with any attributes: the schema has checked them.
  open(attributes: AttributesOf<Shape>): OpenLink;
};

/** When a handshake fault acts. */
export type ActsAt = {
  /** `null`: as soon as its conditions are known, and from then on. */
  readonly moment: Moment | null;
  /** With `header`: the octet at which the fault acts. */
  readonly octets?: number;
  /** How much of the header or method is passed on: a place, or a number of octets. */
  readonly place: Place | number;
  /** Time from the moment until the fault acts, in ms. */
  readonly delay: number;
};

/** Acts at a moment of the handshake, or on the frames after it. */
export type HandshakeFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'handshake';
  at(attributes: AttributesOf<Shape>): ActsAt;
  act(attributes: AttributesOf<Shape>): HandshakeAct;
  /** The same at `accept` of a proxy with `tls`: before the TLS handshake. A type that can act at accept must have it. */
  actBeforeTls?(attributes: AttributesOf<Shape>): EarlyAct;
  /** Whether it acts on the frames of one direction, which is the fault's `stream`. @defaultValue false */
  readonly isOfOneDirection?: boolean;
  /** The conditions that select messages of a connection, if it acts on messages. @defaultValue none */
  readonly conditions?: readonly MessageCondition[];
  /** Whether the fault can act on a connection that its conditions selected. @defaultValue always true */
  applies?(connection: {
    readonly attributes: AttributesOf<Shape>;
    readonly when: When;
    readonly trigger: Trigger;
    /** The moment consists of octets, and none of them was passed on, so they can still be changed. */
    readonly isWhole: boolean;
    readonly negotiated: Negotiated;
    readonly setting: Setting;
  }): boolean;
};

/** Acts at a moment of the TLS handshake with the client: only on proxies with `tls`. */
export type TlsFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'tls';
  at(attributes: AttributesOf<Shape>): TlsMoment;
  act(attributes: AttributesOf<Shape>): TlsAct;
};

/** Acts on the listener: on every connect, before there is a connection. */
export type ListenerFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'listener';
  /** How new connection attempts are answered. */
  readonly connects: 'refuse' | 'hang';
};

/** How many new connections are served in a second, how many at once after a pause, and what happens to the others. */
export type ConnectLimit = { readonly rate: number; readonly burst: number; readonly then: 'rst' | 'hang' };

/** Acts on each connection when it is accepted, before the proxy reads from it. */
export type AcceptFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'accept';
  /** How long the proxy waits before it reads, in ms. @defaultValue not at all */
  delay?(attributes: AttributesOf<Shape>): number;
  /** The limit of new connections. @defaultValue none */
  limit?(attributes: AttributesOf<Shape>): ConnectLimit;
};

export type FaultType<Name extends string = string, Shape extends AttributeShape = AttributeShape> =
  | StreamFaultType<Name, Shape>
  | HandshakeFaultType<Name, Shape>
  | TlsFaultType<Name, Shape>
  | ListenerFaultType<Name, Shape>
  | AcceptFaultType<Name, Shape>;

/** Defines a stream fault; the types of its attributes are inferred. */
export const streamFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<StreamFaultType<Name, Shape>, 'acts'>,
): StreamFaultType<Name, Shape> => ({ acts: 'stream', ...type });

/** Defines a handshake fault; the types of its attributes are inferred. */
export const handshakeFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<HandshakeFaultType<Name, Shape>, 'acts'>,
): HandshakeFaultType<Name, Shape> => ({ acts: 'handshake', ...type });

/** Defines a TLS fault; the types of its attributes are inferred. */
export const tlsFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<TlsFaultType<Name, Shape>, 'acts'>,
): TlsFaultType<Name, Shape> => ({ acts: 'tls', ...type });

/** Defines a fault of the listener; the types of its attributes are inferred. */
export const listenerFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<ListenerFaultType<Name, Shape>, 'acts'>,
): ListenerFaultType<Name, Shape> => ({ acts: 'listener', ...type });

/** Defines a fault at accept; the types of its attributes are inferred. */
export const acceptFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<AcceptFaultType<Name, Shape>, 'acts'>,
): AcceptFaultType<Name, Shape> => ({ acts: 'accept', ...type });
