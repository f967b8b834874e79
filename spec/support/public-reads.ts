// Loaded with `--import` before specs: a Node whose sockets do not show where they keep `onread`. Accepted sockets are then
// read with Node's public API only.
import { Socket } from 'node:net';

const { getOwnPropertySymbols } = Object;

Object.getOwnPropertySymbols = (object) => (object instanceof Socket ? [] : getOwnPropertySymbols(object));
