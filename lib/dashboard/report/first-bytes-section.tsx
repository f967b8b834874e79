import type { JSX } from 'preact';
import type { Report } from '../../report/report.js';
import { Untrusted } from '../untrusted.js';
import { Facts } from './facts.js';
import { octetCells } from './octet-cells.js';

/** The first bytes from the client, as hex and as text, and what they look like. */
export function FirstBytesSection({ header, looksLike }: Pick<Report, 'header' | 'looksLike'>): JSX.Element {
  const cells = octetCells(header);
  return (
    <>
      {cells.length === 0 ? (
        <p class="quiet">The client sent nothing.</p>
      ) : (
        <table class="octets">
          <tbody>
            <tr>
              <th scope="row">Hex</th>
              {cells.map(({ hex }, nth) => (
                <td key={nth}>{hex}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Text</th>
              {cells.map(({ character }, nth) => (
                <td key={nth} class={character === null ? 'quiet' : ''}>
                  {character ?? '.'}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      )}
      <Facts
        facts={[
          [
            'Looks like',
            looksLike === null ? (
              'AMQP, or nothing known'
            ) : (
              <>
                <code>{looksLike.what}</code> ({looksLike.confidence}): <Untrusted text={looksLike.detail} />
              </>
            ),
          ],
        ]}
      />
    </>
  );
}
