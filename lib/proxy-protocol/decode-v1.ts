import { type Decoded, INCOMPLETE } from './decoded.js';
import { type Ends, LONGEST_V1, SIGNATURE_V1 } from './header.js';
import { formatSocketAddress, type Ip, parseIp } from './socket-address.js';

const LF = 0x0a;
/** The valid beginnings of a line after the signature. */
const BEGINNINGS = ['TCP4 ', 'TCP6 ', 'UNKNOWN ', 'UNKNOWN\r'] as const;

const malformed = (what: string): Decoded => ({ type: 'malformed', problem: `${what} (PP 2.1)` });
const BAD_LINE = malformed('Malformed or incomplete PROXY protocol header line.');
const BAD_FAMILY = malformed('The INET protocol and family string was not recognized.');
const BAD_PORT = malformed('Failed to parse a port number in the PROXY protocol header line.');
const badAddress = (family: 'IPv4' | 'IPv6'): Decoded =>
  malformed(`Failed to parse an ${family} address in the PROXY protocol header line.`);

/** Decodes version 1, a line such as `PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672`, from its first octets. */
export function decodeV1(first: Uint8Array): Decoded {
  const end = first.indexOf(LF);
  const line = String.fromCharCode(...first.subarray(SIGNATURE_V1.length, end < 0 ? first.length : end));
  if (!BEGINNINGS.some((each) => each.startsWith(line) || line.startsWith(each))) return BAD_FAMILY;
  if (end < 0 && first.length < LONGEST_V1) return INCOMPLETE;
  if (end < 0) return BAD_LINE;
  const length = end + 1;
  if (line.startsWith('UNKNOWN'))
    return line.endsWith('\r') ? { type: 'header', header: { command: 'proxy', ends: null }, length } : BAD_LINE;
  const ends = decodeEnds(line.slice('TCP4 '.length), line.startsWith('TCP4') ? 'IPv4' : 'IPv6');
  return 'type' in ends ? ends : { type: 'header', header: { command: 'proxy', ends }, length };
}

function decodeEnds(text: string, family: 'IPv4' | 'IPv6'): Ends | Decoded {
  const fields = text.split(' ');
  if (fields.length < 3) return BAD_LINE;
  const [source, destination] = fields.slice(0, 2).map((field) => ipOf(field, family));
  if (!source || !destination) return badAddress(family);
  // RabbitMQ reports a line that does not end in CR LF as a bad port.
  const [, sourceDigits, destinationDigits] = /^(\d{1,5}) (\d{1,5})\r$/.exec(fields.slice(2).join(' ')) ?? [];
  const [sourcePort, destinationPort] = [portOf(sourceDigits), portOf(destinationDigits)];
  if (!sourcePort || !destinationPort) return BAD_PORT;
  return {
    source: formatSocketAddress({ ip: source, port: sourcePort }),
    destination: formatSocketAddress({ ip: destination, port: destinationPort }),
  };
}

/** An IPv4-mapped IPv6 address is written as IPv6. */
function ipOf(text: string, family: 'IPv4' | 'IPv6'): Ip | undefined {
  return text.includes(':') === (family === 'IPv6') && !text.includes('%') ? parseIp(text) : undefined;
}

/** RabbitMQ rejects port 0 here, although the specification allows it. */
function portOf(digits = '0'): number | undefined {
  const port = Number(digits);
  return port > 0 && port <= 65_535 ? port : undefined;
}
