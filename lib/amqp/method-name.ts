import { METHOD_IDS } from './method-ids.js';

/** Removed from AMQP 0-9-1, but still accepted by RabbitMQ. */
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
 * A method name in Erlang's spelling, for example `connection.start_ok`; undefined for an unknown method.
 *
 * @see rabbit_framing_amqp_0_9_1.erl, `lookup_method_name`
 */
export function methodName(classId: number, methodId: number): string | undefined {
  return names.get(keyOf(classId, methodId));
}
