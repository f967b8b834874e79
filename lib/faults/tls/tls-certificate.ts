import { CERTIFICATE_PROBLEMS } from '../../tls/certificate-problem.js';
import { attribute, choice, text } from '../attribute.js';
import { tlsFault } from '../fault-type.js';

/** The longest path that Linux accepts, in bytes. */
const PATH_MAX = 4095;

/** Presents a certificate that a client must refuse. */
export const tlsCertificate = tlsFault({
  name: 'tls_certificate',
  description:
    'Presents a certificate with a problem, made for the host that the client asks for (SNI), or else for the address it connected to. A client that accepts the certificate is served as usual.',
  attributes: {
    problem: attribute(choice(...CERTIFICATE_PROBLEMS), {
      default: 'expired',
      description: 'What is wrong with the certificate. With other_host, it is for other-host.invalid.',
    }),
    ca_cert: attribute(text(PATH_MAX), {
      default: null,
      defaultIs: 'a CA that nobody trusts',
      description:
        'File with the certificate (PEM) of a CA that the client trusts, which signs the certificate. Without it, most clients report an unknown CA, whatever problem is. Not for unknown_ca.',
    }),
    ca_key: attribute(text(PATH_MAX), {
      default: null,
      defaultIs: 'none; required with ca_cert',
      description: 'File with the private key (PEM) of ca_cert, without a passphrase.',
    }),
  },
  check: ({ problem, ca_cert: cert, ca_key: key }) => {
    if (problem === 'unknown_ca' && (cert !== null || key !== null)) {
      return { [cert === null ? 'ca_key' : 'ca_cert']: 'must not be given with problem unknown_ca' };
    }
    if (cert !== null && key === null) return { ca_cert: 'must be given together with ca_key' };
    return cert === null && key !== null ? { ca_key: 'must be given together with ca_cert' } : {};
  },
  at: () => 'client-hello',
  act: ({ problem, ca_cert: cert, ca_key: key }) => ({
    type: 'certificate',
    problem,
    ca: cert === null || key === null ? null : { cert, key },
  }),
});
