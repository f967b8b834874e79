import { pattern } from './pattern.js';
import { misdirected, type Recognizer, scanning } from './recognizer.js';

const isConnectionRequest = pattern('03 00 00 .. .. e0 00 00');

/** Shells, desktops, file shares, proxies and remote calls. */
export const REMOTE_ACCESS: readonly Recognizer[] = [
  {
    what: 'ssh',
    detail: misdirected('an SSH client', '22'),
    confidence: 'certain',
    // RFC 4253, section 4.2.
    is: (_, text) => text.startsWith('SSH-'),
  },
  {
    what: 'rdp',
    detail: scanning('a Remote Desktop (RDP) client', '3389'),
    // Other protocols over ISO transport, such as that of Siemens PLCs, start with the same octets.
    confidence: 'likely',
    // TPKT version 3 and an X.224 connection request, whose length is 5 less.
    is: (o) => isConnectionRequest(o) && o[4] === (o[3] as number) - 5,
  },
  {
    what: 'smb',
    detail: scanning('an SMB 2 or 3 client (Windows file sharing)', '445'),
    confidence: 'certain',
    // A NetBIOS length, and the magic number of SMB 2.
    is: pattern("00 .. .. .. fe 'SMB'"),
  },
  {
    what: 'smb',
    detail: scanning('an SMB 1 client (Windows file sharing)', '445'),
    confidence: 'certain',
    is: pattern("00 .. .. .. ff 'SMB'"),
  },
  {
    what: 'smb',
    detail: scanning('an SMB client over NetBIOS (Windows file sharing)', '139'),
    confidence: 'certain',
    // RFC 1002, section 4.3.2: a session request of 68 octets, and a name of 32 letters from A to P.
    is: pattern('81 00 00 44 20 41-50 41-50 41-50'),
  },
  {
    what: 'socks5',
    detail: 'a SOCKS 5 greeting: the client uses this port as its proxy. Check its proxy settings',
    confidence: 'likely',
    // The number of methods, and methods that are assigned or private.
    is: (o) => {
      const count = o[1] ?? 0;
      const methods = o.subarray(2, 2 + count);
      return (
        o[0] === 0x05 && count > 0 && methods.length === count && methods.every((each) => each < 10 || each >= 0x80)
      );
    },
  },
  {
    what: 'java_rmi',
    detail: misdirected('a Java RMI client (such as JMX)', '1099'),
    confidence: 'certain',
    // The magic number and version 2.
    is: pattern("'JRMI' 00 02 4b-4d"),
  },
];
