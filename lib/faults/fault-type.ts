import type * as z from 'zod';
import type { HandshakeAct, Negotiated, Setting, Trigger } from './handshake/fault-actions.js';
import type { Moment, Place } from './moment.js';
import type { OpenLink } from './stream/link.js';

/** The attributes of a fault type, each a schema with its notes. */
export type AttributeShape = { readonly [name: string]: z.ZodType };
export type AttributesOf<Shape extends AttributeShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

type Common<Name extends string, Shape extends AttributeShape> = {
  readonly name: Name;
  /** A sentence or two, for help and docs. */
  readonly description: string;
  readonly attributes: Shape;
  /** What is wrong with attributes that are each valid: a message for each one that is (`must be …, not …`). */
  check?(attributes: AttributesOf<Shape>): { readonly [name: string]: string };
};

/** Acts on the octets of one direction, as a link of its chain. Its attributes are Toxiproxy's. */
export type StreamFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'stream';
  // A method, so that the registry can hold types of any attributes: the schema has checked them.
  open(attributes: AttributesOf<Shape>): OpenLink;
};

/** When a fault of the handshake acts. */
export type ActsAt = {
  /** `null`: as soon as its conditions are known, and from then on. */
  readonly moment: Moment | null;
  /** With `header`: which octet makes the moment. */
  readonly octets?: number;
  /** How much of what makes the moment is passed on: a place, or so many octets. */
  readonly place: Place | number;
  /** ms from the moment until it acts */
  readonly delay: number;
};

/** Acts at a moment of the handshake, or on the frames after it. */
export type HandshakeFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'handshake';
  at(attributes: AttributesOf<Shape>): ActsAt;
  act(attributes: AttributesOf<Shape>): HandshakeAct;
  /** Which connections it acts on, besides those that are chosen; default: all. */
  applies?(connection: {
    readonly trigger: Trigger;
    /** There are octets that make the moment, and none of them was passed on: they can still be changed. */
    readonly isWhole: boolean;
    readonly negotiated: Negotiated;
    readonly setting: Setting;
  }): boolean;
};

/** Acts before the proxy looks at a connection: on the listener as a whole, or on each connection when it is accepted. */
export type AcceptFaultType<Name extends string, Shape extends AttributeShape> = Common<Name, Shape> & {
  readonly acts: 'listener' | 'accept';
};

export type FaultType<Name extends string = string, Shape extends AttributeShape = AttributeShape> =
  | StreamFaultType<Name, Shape>
  | HandshakeFaultType<Name, Shape>
  | AcceptFaultType<Name, Shape>;

/** A fault type of the stream, with the types of its attributes. */
export const streamFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<StreamFaultType<Name, Shape>, 'acts'>,
): StreamFaultType<Name, Shape> => ({ acts: 'stream', ...type });

/** A fault type of the handshake, with the types of its attributes. */
export const handshakeFault = <Name extends string, Shape extends AttributeShape>(
  type: Omit<HandshakeFaultType<Name, Shape>, 'acts'>,
): HandshakeFaultType<Name, Shape> => ({ acts: 'handshake', ...type });

/** A fault type of the listener or of accept, with the types of its attributes. */
export const acceptFault = <Name extends string, Shape extends AttributeShape>(
  type: AcceptFaultType<Name, Shape>,
): AcceptFaultType<Name, Shape> => type;
