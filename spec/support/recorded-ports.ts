import { freePort } from './free-port.js';

/** Ports that were requested in the recording. */
const ASKED = /\b26\d{3}\b/g;
/** Those, and the ports that the recorded server chose. */
const IN_ADDRESS = /:(\d{5})\b/;

/** Maps the ports of a recording to the ports of this run, one to one. */
export class RecordedPorts {
  private readonly asked: ReadonlyMap<string, number>;
  /** Ports chosen by the servers: the recorded one, and ours. */
  private readonly picked = new Map<string, string>();

  /** @param asked maps requested ports, by the recorded ones */
  constructor(asked: ReadonlyMap<string, number> = new Map()) {
    this.asked = asked;
  }

  /** Creates a map with a free port for each requested one. */
  static async forAll(recorded: object): Promise<RecordedPorts> {
    const asked = new Map<string, number>();
    for (const [port] of JSON.stringify(recorded).matchAll(ASKED)) {
      if (!asked.has(port)) asked.set(port, await freePort());
    }
    return new RecordedPorts(asked);
  }

  /** Returns the same text with the ports of this run. */
  translate(text: string): string {
    return text.replaceAll(ASKED, (port) => String(this.asked.get(port) ?? port));
  }

  /** Whether a text equals the recorded one. A port that a server chose may be any, but must stay the same afterwards. */
  match(recorded: string, text: string): boolean {
    // Every second part is a port.
    const parts = recorded.split(IN_ADDRESS);
    const isPicked = (part: string, at: number) => at % 2 === 1 && part.search(ASKED) === -1;
    const pattern = parts.map((part, at) => {
      if (isPicked(part, at)) return ':(\\d{4,5})';
      return quoted(`${at % 2 === 1 ? ':' : ''}${this.translate(part)}`);
    });
    const found = new RegExp(`^${pattern.join('')}$`).exec(text);
    if (!found) return false;
    const pairs = parts.filter(isPicked).map((port, at) => [port, found[at + 1] as string] as const);
    if (pairs.some(([port, ours]) => (this.picked.get(port) ?? ours) !== ours)) return false;
    for (const [port, ours] of pairs) this.picked.set(port, ours);
    return true;
  }
}

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
