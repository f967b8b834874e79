const ARROW = ' -> ';
/** What can stand before a client's address. */
const BEFORE = /[\s('"]/;
const ADDRESS = /^(?:\[[\da-fA-F:.%\w]+\]|[\w.%:-]+):\d{1,5}$/;

/** Where an entry names its connection, `10.0.0.7:50122 -> 10.0.0.2:5672`. */
export type Ends = {
  /** `10.0.0.7:50122` */
  readonly client: string;
  /** Places in the text: where the client begins, and where the listener begins. */
  readonly from: number;
  readonly to: number;
};

/** Finds the connection that an entry names; null if it names none. */
export function endsIn(text: string): Ends | null {
  const arrow = text.indexOf(ARROW);
  if (arrow < 0) return null;
  let from = arrow;
  while (from > 0 && !BEFORE.test(text[from - 1] as string)) from -= 1;
  const client = text.slice(from, arrow);
  return ADDRESS.test(client) ? { client, from, to: arrow + ARROW.length } : null;
}
