import type { Close } from '../../close.js';
import type { CaFiles, CertificateProblem } from '../../tls/certificate-problem.js';

/** The moments of a TLS handshake at which a TLS fault can act, in order. */
export const TLS_MOMENTS = ['client-hello', 'server-flight', 'secured'] as const;

/**
 * When a TLS fault acts: `client-hello` (the ClientHello has arrived, and nothing was sent), `server-flight` (half of what the
 * server answers it with was sent), or `secured` (the TLS handshake is complete, and nothing was read inside TLS).
 */
export type TlsMoment = (typeof TLS_MOMENTS)[number];

/** What a fault does to a connection before AMQP begins. */
export type EarlyAct =
  /** Ends the client. `closeNotify`: whether a FIN follows a close_notify, once there is TLS. */
  | { readonly type: 'end'; readonly close: Close; readonly closeNotify: boolean }
  /** Sends nothing for `ms`; 0: until the fault is removed; null: for the proxy's handshake timeout. */
  | { readonly type: 'stall'; readonly ms: number | null; readonly then: Close | 'resume' };

/** What a TLS fault does. */
export type TlsAct =
  | EarlyAct
  /** Answers the ClientHello with a fatal alert. */
  | { readonly type: 'alert'; readonly number: number }
  /** Presents a certificate with a problem. `ca`: what signs it; null: a CA that nobody trusts. */
  | { readonly type: 'certificate'; readonly problem: CertificateProblem; readonly ca: CaFiles | null };
