import type { Message } from './message.js';
import { factsOf, type Selection } from './selection.js';
import type { OpenStage } from './stage.js';

/**
 * A stage that changes one frame of one message.
 *
 * @param part the frame of the message that is changed; messages without it pass
 * @param change returns the octets in place of the frame
 */
export const corrupting =
  (selection: Selection, part: 'method' | 'header', change: (frame: Uint8Array) => Uint8Array): OpenStage =>
  (port) => {
    const changed = (message: Message): Message => {
      const { frame, content } = message;
      const [header, ...body] = content;
      if (part === 'header' && header === undefined) return message;
      if (!selection.picks(factsOf(message, port.consumers))) return message;
      port.leave();
      return header !== undefined && part === 'header'
        ? { ...message, content: [change(header), ...body] }
        : { ...message, frame: change(frame) };
    };
    return {
      // Only a condition can tell that a message of the client is meant.
      fromClient: (message) => port.toUpstream(selection.hasMethod ? changed(message) : message),
      fromUpstream: (message) => port.toClient(changed(message)),
      release: () => selection.close(),
      isIdle: true,
    };
  };
