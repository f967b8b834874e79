import * as z from 'zod';

/** Whether the upstream of a proxy with `mirrorUpstream` is up; null: it is not known, because it is not mirrored. */
export const upstreamStateSchema = z.enum(['up', 'down']).nullable().meta({
  description: 'With mirrorUpstream: `up`, or `down`, and then the port of the proxy is refused. Otherwise null.',
});
