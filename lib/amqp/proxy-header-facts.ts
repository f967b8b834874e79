import type { Since } from './version.js';

/**
 * What the versions of RabbitMQ do about a connection without its required PROXY header. rabbit_networking.erl,
 * `handshake`, `failed_to_recv_proxy_header`
 */
export const PROXY_HEADER_FACTS = {
  /**
   * The level at which the failure is logged. 3.7.10 to 3.7.12 crash instead. Before, another library read the header,
   * which is not imitated.
   */
  proxyHeaderFailure: [
    [[3, 6, 0], 'debug'],
    [[3, 7, 10], 'crash'],
    [[3, 7, 13], 'error'],
    [[3, 7, 24], 'debug'],
    [[3, 8, 0], 'error'],
    [[3, 8, 3], 'debug'],
  ],
  /** How long the header is awaited, in ms. */
  proxyHeaderTimeout: [
    [[3, 6, 0], 3_000],
    [[3, 7, 10], 1_000],
    [[3, 7, 13], 3_000],
  ],
} as const satisfies { readonly [fact: string]: Since<unknown> };
