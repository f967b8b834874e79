import type { Recognizer } from '../recognizer.js';
import { userAgentIs } from './user-agent.js';

const MANAGEMENT = 'Open the management UI or its API at `http://HOST:15672/`';
const isHttp: Recognizer['is'] = ({ requestLine }) => requestLine !== null;

/** Programs that people use, and clients that cannot be named. */
export const TOOLS: readonly Recognizer[] = [
  {
    what: 'curl',
    detail: 'curl, by hand or in a script',
    confidence: 'certain',
    advice: `${MANAGEMENT}, or check the port with \`nc -z HOST 5672\``,
    is: userAgentIs('curl/'),
  },
  {
    what: 'browser',
    detail: 'a browser',
    confidence: 'likely',
    advice: MANAGEMENT,
    is: userAgentIs('Mozilla/'),
  },
  {
    what: 'http_client',
    detail: 'an HTTP client or an HTTP health check',
    confidence: 'possible',
    advice: `If it is a health check, let it only connect, as \`nc -z HOST 5672\` does: RabbitMQ logs such a check only at debug`,
    is: isHttp,
  },
  {
    what: 'https_client',
    detail: 'an HTTPS client, such as a browser or curl',
    confidence: 'likely',
    advice: MANAGEMENT.replace('http://HOST:15672/', 'https://HOST:15671/'),
    is: ({ hello }) => hello?.alpn.some((name) => /^h2$|^http\//.test(name)) === true,
  },
  {
    what: 'tls_check',
    detail:
      'a check that completes the TLS handshake and leaves: openssl s_client, the blackbox exporter with tls: true, or HAProxy with check-ssl',
    confidence: 'possible',
    advice: null,
    is: ({ style }) => style === 'tls_handshake',
  },
  {
    what: 'tls_client',
    detail: 'a TLS client or check, such as openssl s_client, that expects a TLS port',
    confidence: 'possible',
    advice: 'Point it to the TLS port of the broker: `openssl s_client -connect HOST:5671`',
    is: ({ hello, overTls, style }) => !overTls && (hello !== null || style === 'tls_hello'),
  },
];
