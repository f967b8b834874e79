import type { Context } from 'hono';
import { packageFile } from '../../package-file.js';
import { plainProblem } from '../answers.js';
import { type Page, type PageFile, readPage } from '../page-files.js';
import type { Route } from '../route.js';
import { wantsHtml } from '../wants-html.js';

const FOLDER = packageFile('dist/lib/dashboard/page/');

/** The page loads and sends nothing elsewhere, has no inline code, and cannot be put into another page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
/** Asked for again each time, and not sent again if it is the same. */
const CHECKED = 'no-cache';
/** The address has the version of the content. */
const FOREVER = 'max-age=31536000, immutable';

/**
 * The routes of the dashboard: the page, and the files that it loads. They are read for the first request, and then served from
 * memory. A page loads only files of its own version.
 *
 * @param folder of the page
 */
export function dashboardRoutes(folder = FOLDER): Route[] {
  let reading: Promise<Page | null> | undefined;
  const page = (): Promise<Page | null> => {
    reading ??= readPage(folder).then(
      (read) => {
        if (read === null) reading = undefined;
        return read;
      },
      (error: unknown) => {
        reading = undefined;
        throw error;
      },
    );
    return reading;
  };
  return [
    {
      method: 'GET',
      // Without a page, this path is like any other that does not exist.
      isForAllMethods: true,
      path: '/',
      summary: 'Returns the dashboard, if the client accepts text/html.',
      answers: { 200: 'text/html', 304: null, 404: 'text/plain' },
      handle: async (context) => {
        const { req } = context;
        if (!['GET', 'HEAD'].includes(req.method) || !wantsHtml(req.header('Accept'))) return null;
        const read = await page();
        if (read === null) return plainProblem(404, 'This build has no dashboard: build it with npm run build.');
        return answer(context, read.index, {
          'Cache-Control': CHECKED,
          'Content-Security-Policy': POLICY,
          Vary: 'Accept',
        });
      },
    },
    {
      method: 'GET',
      hasHead: true,
      path: '/dashboard/{file}',
      summary: 'Returns a file of the dashboard.',
      query: { v: 'Its version, if it must be this one.' },
      answers: { 200: 'text/javascript', 304: null, 404: 'text/plain' },
      handle: async (context) => {
        const file = (await page())?.files.get(context.req.param('file') ?? '');
        if (file === undefined) return null;
        const version = context.req.query('v');
        if (version === undefined) return answer(context, file, { 'Cache-Control': CHECKED });
        if (version !== file.version)
          return plainProblem(404, 'This file belongs to another version of rabbit-snare: reload the page.');
        return answer(context, file, { 'Cache-Control': FOREVER });
      },
    },
  ];
}

function answer(context: Context, { content, type, version }: PageFile, own: Record<string, string>): Response {
  const tag = `"${version}"`;
  const headers = { ...SECURITY, ...own, ETag: tag };
  const known = (context.req.header('If-None-Match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  if (known.includes(tag)) return new Response(null, { status: 304, headers });
  return new Response(content, { headers: { ...headers, 'Content-Type': type } });
}
