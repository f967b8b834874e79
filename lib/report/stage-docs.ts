import type { Stage } from '../amqp/stage.js';

/** What each stage means, for the docs and the OpenAPI description. */
export const STAGE_DOCS: { readonly [Name in Stage]: string } = {
  header: 'the protocol header is not complete, or was refused',
  starting: 'the header was accepted; waiting for Start-Ok',
  securing: 'SASL challenges are being exchanged',
  tuning: 'waiting for Tune-Ok',
  opening: 'waiting for Open and Open-Ok',
  running: 'the connection is open',
  closing: 'one side has sent Close',
  closed: 'Close-Ok was sent',
};
