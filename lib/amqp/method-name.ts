import { METHOD_IDS } from './method-ids.js';

/** Gone from AMQP 0-9-1, and still taken by RabbitMQ. */
const ACCESS: typeof METHOD_IDS = new Map([
  ['access.request', [30, 10]],
  ['access.request-ok', [30, 11]],
]);

const keyOf = (classId: number, methodId: number): number => classId * 0x10000 + methodId;

const names = new Map(
  [...METHOD_IDS, ...ACCESS].map(([name, [classId, methodId]]) => [
    keyOf(classId, methodId),
    name.replaceAll('-', '_'),
  ]),
);

/**
 * A method as Erlang spells it, for example `connection.start_ok`; undefined for one that does not exist.
 *
 * @see rabbit_framing_amqp_0_9_1.erl, `lookup_method_name`
 */
export function methodName(classId: number, methodId: number): string | undefined {
  return names.get(keyOf(classId, methodId));
}
