import type { Recognizer } from '../recognizer.js';

/** Recognizes a protocol header alone, also after a PROXY header that declares the connection LOCAL. */
export const isHeaderAlone: Recognizer['is'] = ({ style, received }, text) =>
  style === 'header_only' || (style === 'proxy_local' && received === 8 && text.startsWith('AMQP'));
