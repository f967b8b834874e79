import type { JSX } from 'preact';
import type { Report } from '../report/report.js';
import { Untrusted } from './untrusted.js';

/** Maximum characters of a text from a client. */
const LONGEST = 80;

/** What a client said about itself, in two lines: product and version, user and virtual host. */
export function Who({ handshake }: Pick<Report, 'handshake'>): JSX.Element {
  if (handshake === null) return <span class="quiet">-</span>;
  const { product, version, user, vhost } = handshake;
  return (
    <>
      <span>
        <Untrusted text={`${product ?? '-'} ${version ?? ''}`.trim()} longest={LONGEST} />
      </span>
      {user !== null && (
        <small>
          <Untrusted text={user} longest={LONGEST} />
          {vhost !== null && (
            <>
              {' on '}
              <Untrusted text={vhost} longest={LONGEST} />
            </>
          )}
        </small>
      )}
    </>
  );
}
