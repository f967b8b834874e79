import type { Guess, Recognizer } from '../recognizer.js';

const ADVICE =
  'If you did not start the scan, block the source: `iptables -I INPUT -s SOURCE -p tcp --dport 5672 -j DROP`';

/** A source that sends different protocols within seconds. */
export const SCAN: Guess = {
  what: 'scan',
  detail: 'a port scan: one source that tries several protocols within seconds, as nmap -sV does',
  confidence: 'likely',
  advice: ADVICE,
};

/**
 * The first octets of nmap's own probes that no other program sends.
 *
 * @see https://github.com/nmap/nmap/blob/master/nmap-service-probes: RPCCheck, TerminalServerCookie, SSLSessionReq,
 *   LPDString, LDAPSearchReq, FourOhFourRequest
 */
const OF_NMAP = [
  '\x80\0\0\x28\x72\xfe\x1d\x13',
  '\x16\x03\0\0\x53\x01\0\0',
  '\x16\x03\0\0\x69\x01\0\0',
  '\x01default',
  '\x30\x84\0\0\0\x2d\x02\x01',
  'TNMP\x04\0\0\0',
];

/** Scanners that show themselves in one connection. */
export const SCANNER: readonly Recognizer[] = [
  {
    what: 'scan',
    detail: 'a port scan with nmap, by the bytes of one of its probes',
    confidence: 'certain',
    advice: ADVICE,
    is: ({ requestLine, userAgent }, text) =>
      OF_NMAP.includes(text) ||
      requestLine?.startsWith('GET /nice%20ports%2C/Tri%6Eity') === true ||
      requestLine?.startsWith('OPTIONS sip:nm SIP/') === true ||
      userAgent?.includes('Nmap Scripting Engine') === true,
  },
  {
    what: 'scan',
    detail: 'an internet scanner, by its User-Agent',
    confidence: 'certain',
    advice: ADVICE,
    is: ({ userAgent }) =>
      userAgent !== null && /masscan|zgrab|CensysInspect|Expanse|InternetMeasurement|Shodan|Nuclei/i.test(userAgent),
  },
  {
    what: 'port_scan',
    detail: 'a connect scan (nmap -sT), or a TCP health check that closes with a reset',
    confidence: 'possible',
    advice: null,
    is: ({ style }) => style === 'no_data_reset',
  },
];
