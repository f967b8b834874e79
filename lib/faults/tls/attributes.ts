import { attribute, boolean, choice } from '../attribute.js';
import { TLS_MOMENTS } from './tls-act.js';

/** Attributes that several faults share. */

export const tlsMoment = () =>
  attribute(choice(...TLS_MOMENTS), {
    default: 'client-hello',
    description:
      "The moment at which the fault acts: client-hello (nothing was sent yet), server-flight (half of the server's first answer was sent), or secured (the TLS handshake is complete).",
  });

export const closeNotify = () =>
  attribute(boolean(), {
    default: true,
    description:
      'Whether TLS is closed with a close_notify before the FIN. false needs a proxy with tls. Before the TLS handshake is complete none is sent.',
  });
