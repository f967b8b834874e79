import type { JSX } from 'preact';
import type { OpenConnection } from '../../report/report.js';
import { ConfirmDialog } from '../confirm-dialog.js';
import type { Control } from '../control.js';
import { Untrusted } from '../untrusted.js';

const CLOSES = [
  ['rst', 'Reset (RST)', 'as when the network or the broker fails'],
  ['fin', 'Close (FIN)', 'TCP is closed without an AMQP Close'],
  ['320', 'AMQP Close 320', 'CONNECTION_FORCED, as when the broker shuts down'],
] as const;

/** Asks how to end a connection, and ends it. @param onEnded called after it was ended */
export function EndDialog({
  control,
  connection,
  onEnded,
  onClose,
}: {
  readonly control: Control;
  readonly connection: OpenConnection;
  readonly onEnded: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { id, client, proxy, stage, handshake } = connection;
  return (
    <ConfirmDialog
      title="End this connection?"
      confirm="End the connection"
      isDangerous
      onClose={onClose}
      action={async (form) => {
        await control.ask('DELETE', `/connections/${encodeURIComponent(id)}?close=${form.get('close')}`);
        onEnded();
      }}
    >
      <p>
        <span class="mono">{client ?? 'An unknown client'}</span> at {proxy}, {stage}
        {handshake?.product && (
          <>
            , <Untrusted text={handshake.product} longest={80} />
          </>
        )}
        . The client and the upstream lose it.
      </p>
      <fieldset class="closes">
        <legend>How the client sees the end</legend>
        {CLOSES.map(([value, title, detail], nth) => (
          <label key={value}>
            <input type="radio" name="close" value={value} defaultChecked={nth === 0} />
            <span>
              {title} <small class="quiet">{detail}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </ConfirmDialog>
  );
}
