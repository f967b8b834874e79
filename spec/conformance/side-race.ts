import type { Race } from './race.js';
import type { SideStep, TwoSided } from './two-sided.js';

const closes = (steps: readonly SideStep[]): boolean => steps.includes('rst') || steps.includes('fin');

/** The permitted differences of scripts for both ends. */
export const SIDE_RACES: readonly Race[] = [
  {
    name: 'rst-before-dial',
    why: 'The client reset before the proxy had accepted or dialed: the proxy does not dial for a client that has left.',
    aspects: ['server octets', 'server end', 'server time'],
    happened: (_script, _direct, { server, report, end }) =>
      server?.end === 'none' &&
      end === 'own-rst' &&
      (report === 'without address' || (report?.upstream === null && report.ended.clientSent === 'rst')),
  },
  {
    name: 'ends-crossed',
    why: 'Both sides closed within 100 ms: each of them can see the other’s end or not.',
    aspects: ['octets', 'end', 'time', 'server octets', 'server end', 'server time'],
    happened: (script) => closes((script as TwoSided).client) && closes((script as TwoSided).server),
  },
  {
    name: 'own-rst-overtook',
    why: 'A side that resets does not see what is in transit to it.',
    aspects: ['octets'],
    happened: (_script, direct, proxied) => direct.end === 'own-rst' && proxied.end === 'own-rst',
  },
  {
    name: 'own-rst-overtook',
    why: 'A side that resets does not see what is in transit to it.',
    aspects: ['server octets'],
    happened: (_script, direct, proxied) => direct.server?.end === 'own-rst' && proxied.server?.end === 'own-rst',
  },
  {
    name: 'rst-overtook-octets',
    why: 'Octets that the receiver’s window had no room for are lost with the reset.',
    aspects: ['octets'],
    happened: (script, direct, proxied) =>
      direct.end === 'rst' && proxied.end === 'rst' && (script as TwoSided).client.includes('pause'),
  },
  {
    name: 'rst-overtook-octets',
    why: 'Octets that the receiver’s window had no room for are lost with the reset.',
    aspects: ['server octets'],
    happened: (script, direct, proxied) =>
      direct.server?.end === 'rst' && proxied.server?.end === 'rst' && (script as TwoSided).server.includes('pause'),
  },
];
