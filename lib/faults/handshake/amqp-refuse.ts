import { type Dialect, negotiate } from '../../amqp/dialect.js';
import { protocolHeader, quadOf } from '../../amqp/header.js';
import type { Reason } from '../../amqp/reason.js';
import { attribute, choice, hex } from '../attribute.js';
import { handshakeFault } from '../fault-type.js';
import { delay, proxyClose } from './attributes.js';

const REASONS = ['bad_header', 'bad_version', 'sasl_required', 'amqp1_0_plugin_not_enabled'] as const;

/** Refuses a valid protocol header as if it were invalid. */
export const amqpRefuse = handshakeFault({
  name: 'amqp_refuse',
  description:
    'Refuses a good protocol header as the broker refuses a bad one, without connecting to the broker. Has no effect on a header that is refused anyway.',
  attributes: {
    reason: attribute(choice(...REASONS), { default: 'bad_header', description: 'The refusal to imitate.' }),
    farewell: attribute(hex(64), {
      default: null,
      defaultIs: "the dialect's",
      description: 'Bytes sent to the client before the close; empty for none.',
    }),
    close: proxyClose(),
    delay: delay(),
  },
  at: ({ delay }) => ({ moment: 'header', octets: 8, place: 'before', delay }),
  act:
    ({ reason, farewell, close }) =>
    (actions) => {
      const { octets: header } = actions.trigger;
      const octets = farewell === null ? farewellOf(reason, actions.setting.dialect) : Buffer.from(farewell, 'hex');
      actions.endClient(close ?? actions.setting.close, new Uint8Array(octets), reasonOf(reason, header));
    },
  applies: ({ trigger, setting }) => setting.accepts(trigger.octets),
});

function farewellOf(reason: (typeof REASONS)[number], dialect: Dialect): Uint8Array {
  switch (reason) {
    case 'bad_header':
      return dialect.badHeaderFarewell;
    case 'bad_version': {
      // A version that no broker supports.
      const outcome = negotiate([0xff, 0xff, 0xff, 0xff], dialect, false);
      return outcome === 'accept' ? dialect.badHeaderFarewell : outcome.farewell;
    }
    case 'sasl_required':
      return protocolHeader(3, 1, 0, 0);
    case 'amqp1_0_plugin_not_enabled':
      return protocolHeader(0, 0, 9, 1);
    default:
      return reason satisfies never;
  }
}

function reasonOf(name: (typeof REASONS)[number], header: Uint8Array): Reason {
  const quad = quadOf(header) ?? [0, 0, 0, 0];
  switch (name) {
    case 'bad_header':
      return { name, detail: 'other', octets: header };
    case 'bad_version':
      return { name, quad };
    case 'sasl_required':
      return { name, protocolId: quad[0] };
    case 'amqp1_0_plugin_not_enabled':
      return { name };
    default:
      return name satisfies never;
  }
}
