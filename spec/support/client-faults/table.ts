import { CASES, type Case } from './cases.js';
import type { Client } from './clients.js';
import { play } from './play.js';

/** A place in the table of docs/clients.md. */
type Cell = { readonly row: Case; readonly client: Client };
/** The text of every cell, by row and client. */
export type Table = ReadonlyMap<Case, ReadonlyMap<Client, string>>;

/** How many clients start or compute at the same time, in the first round and in later ones. */
const [AT_ONCE, AT_ONCE_AGAIN] = [6, 2] as const;
/** Rounds after the first. */
const AGAIN = 3;

/**
 * Plays every case with every client. Some clients give up after 3 s, which is not long on a busy machine. A result that is not the
 * expected one is therefore played again, with fewer others at the same time, and counts if it is the same twice in a row.
 *
 * @param upstream `HOST:PORT` of a broker
 * @param expected the text of a cell, or undefined to take the first result
 */
export async function playAll(
  clients: readonly Client[],
  upstream: string,
  expected: (cell: Cell) => string | undefined,
): Promise<Table> {
  const table = new Map(CASES.map((row) => [row, new Map<Client, string>()]));
  let cells: readonly Cell[] = CASES.toSorted((a, b) => Number(mostlyWaits(b)) - Number(mostlyWaits(a))).flatMap(
    (row) => clients.map((client) => ({ row, client })),
  );
  for (let round = 0; round <= AGAIN && cells.length > 0; round++) {
    const doubtful: Cell[] = [];
    await playCells(cells, upstream, round === 0 ? AT_ONCE : AT_ONCE_AGAIN, (cell, text) => {
      const before = table.get(cell.row)?.get(cell.client);
      table.get(cell.row)?.set(cell.client, text);
      if (text !== (expected(cell) ?? text) && text !== before) doubtful.push(cell);
    });
    cells = doubtful;
  }
  return table;
}

/** Plays the cells in order. A client that only waits does not count among those that run at the same time. */
async function playCells(
  cells: readonly Cell[],
  upstream: string,
  atOnce: number,
  tell: (cell: Cell, text: string) => void,
): Promise<void> {
  const rest = cells.values();
  const results: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    for (const cell of rest) {
      const { started, result } = await play(cell.client, cell.row, upstream);
      const told = result.then((text) => tell(cell, text));
      results.push(told);
      await (mostlyWaits(cell.row) ? started : told);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await Promise.all(results);
}

function mostlyWaits({ endless, slow, stay = 0 }: Case): boolean {
  return endless === true || slow === true || stay > 0;
}
