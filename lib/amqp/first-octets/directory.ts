import { anyOf, pattern } from './pattern.js';
import { misdirected, numberAt, type Recognizer } from './recognizer.js';

const LDAP = misdirected('an LDAP client', '389');

/** Names, logins and directories. */
export const DIRECTORY: readonly Recognizer[] = [
  {
    what: 'ldap',
    detail: LDAP,
    confidence: 'certain',
    // A sequence of less than 128 octets, a message id from 1 to 127, and a bind, search or extended request.
    is: pattern('30 07-7f 02 01 01-7f 60|63|77'),
  },
  {
    what: 'ldap',
    detail: LDAP,
    // Eight octets do not include the request.
    confidence: 'likely',
    // The same with lengths in more octets, as Windows writes them.
    is: anyOf('30 81 .. 02 01', '30 82 .. .. 02 01', '30 83 .. .. .. 02 01', '30 84 00 .. .. .. 02 01'),
  },
  {
    what: 'kerberos',
    detail: misdirected('a Kerberos client', '88'),
    confidence: 'certain',
    // RFC 4120, section 7.2.2: the length, and an AS or TGS request of exactly that length, which is a sequence.
    is: (o) => {
      const [length, tag, first] = [numberAt(o, 0, 4), o[4], o[5] as number];
      if (tag !== 0x6a && tag !== 0x6c) return false;
      if (first === 0x81) return o[6] === length - 3 && o[7] === 0x30;
      if (first === 0x82) return numberAt(o, 6, 2) === length - 4;
      return first === length - 2 && o[6] === 0x30;
    },
  },
  {
    what: 'dns',
    detail: misdirected('a DNS query over TCP', '53'),
    confidence: 'likely',
    // A length, an id, the flags of a query (recursion desired, authentic data, checking disabled) and one question.
    is: (o) => o[0] === 0 && (numberAt(o, 4, 2) & ~0x0130) === 0 && numberAt(o, 6, 2) === 1 && (o[1] as number) >= 17,
  },
];
