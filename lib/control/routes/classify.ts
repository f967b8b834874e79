import * as z from 'zod';
import { quadOf } from '../../amqp/header.js';
import { explain } from '../../faults/choice.js';
import { momentOf } from '../../faults/fault.js';
import type { Faults } from '../../faults/proxy-faults.js';
import { classify } from '../../rules/classify.js';
import type { Proxies } from '../../running/proxies.js';
import { quote } from '../../text/quote.js';
import { ApiError } from '../api-error.js';
import { errorSchema } from '../error-schema.js';
import { knownProxies } from '../known-proxies.js';
import { badBody, invalidBody, readBody } from '../read-body.js';
import type { Route } from '../route.js';

const input = z
  .strictObject({
    octets: z
      .string()
      .regex(/^[\s:]*([0-9a-fA-F]{2}[\s:]*)*$/, 'must be pairs of hex digits')
      .optional()
      .meta({ description: 'Bytes as hex digits; blanks and colons are allowed.' }),
    text: z.string().max(64).optional().meta({ description: 'Bytes as literal text, instead of `octets`.' }),
    end: z.enum(['fin', 'rst', 'timeout']).nullish().meta({ description: 'What follows the bytes.' }),
    proxy: z.string().nullish().meta({ description: 'The proxy to ask. It can be left out if there is only one.' }),
    source: z
      .string()
      .nullish()
      .meta({ description: "The client's IP address, for faults with the condition `source`." }),
  })
  .meta({ id: 'ClassifyInput' });

const output = z
  .strictObject({
    proxy: z.string(),
    dialect: z.string(),
    decision: z.enum(['forward', 'refuse', 'none', 'wait']),
    verdict: z.enum(['forward', 'refuse', 'wait', 'none']),
    reason: z.record(z.string(), z.unknown()).nullable(),
    farewell: z.string(),
    close: z.enum(['rst', 'fin']).nullable(),
    sentence: z.string(),
    faults: z
      .array(z.string())
      .meta({ description: 'For each fault that can act by then, one sentence that says whether it would, and why.' }),
  })
  .meta({ id: 'Classification' });

/** A dry run: what a proxy would do with these octets. Nothing is dialed, and no fault counts a hit. */
export function classifyRoute({ proxies, faults }: { readonly proxies: Proxies; readonly faults: Faults }): Route {
  return {
    method: 'POST',
    path: '/classify',
    summary: 'Dry run: returns what the proxy would do with a connection that sends these bytes.',
    body: input,
    answers: { 200: output, 400: errorSchema, 404: errorSchema },
    handle: async (context) => {
      const read = input.safeParse(await readBody(context));
      if (read.error) throw invalidBody(read.error);
      const { octets, text, end, source } = read.data;
      if (octets !== undefined && text !== undefined) throw badBody('give octets or text, not both');
      const proxy = read.data.proxy ?? knownProxies(proxies).options.proxy;
      if (proxy === undefined) throw badBody('proxy is required unless there is exactly one');
      const judging = proxies.judging(proxy);
      if (!judging) throw new ApiError(404, `proxy ${quote(proxy)} not found`);
      const sent = text === undefined ? Buffer.from((octets ?? '').replace(/[\s:]/g, ''), 'hex') : Buffer.from(text);
      const classified = classify(sent, end ?? undefined, judging.rules, judging);
      const known = {
        moment: sent.length < 8 ? ('accept' as const) : ('header' as const),
        connection: faults.of(proxy).connections + 1,
        source: source ?? null,
        header: quadOf(sent.subarray(0, 8)) ?? null,
        product: null,
        user: null,
        vhost: null,
      };
      const acting = faults.list
        .active(proxy)
        .filter(({ fault }) => ['accept', 'header'].includes(momentOf(fault) ?? ''));
      return context.json({
        proxy,
        // In observe mode everything is forwarded, whatever the verdict.
        decision: judging.mode === 'observe' ? 'forward' : classified.verdict,
        ...classified,
        faults: acting.map((live) => explain(live.fault, faults.list.choose(live, known))),
      });
    },
  };
}
