/** Returns a response without a body. */
export const nothing = (): Response => new Response(null, { status: 204 });

/** Returns an error as JSON. */
export const problem = (status: number, error: string, headers: Record<string, string> = {}): Response =>
  Response.json({ error, status }, { status, headers });

/** Returns an error as a line of text, where Toxiproxy does so. */
export const plainProblem = (status: number, line: string): Response =>
  new Response(`${line}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  });
