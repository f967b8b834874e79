import { readFile } from 'node:fs/promises';
import { ApiError } from '../api-error.js';
import type { Route } from '../route.js';

/** The files of the page, and their content types. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
};
const FOLDER = new URL('../../dashboard/page/', import.meta.url);

/** The routes of the dashboard: the page, and the files that it loads. */
export function dashboardRoutes(): Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      summary: 'Returns the dashboard, to browsers.',
      answers: { 200: 'text/html', 404: null },
      handle: (context) => {
        if (!context.req.header('Accept')?.includes('text/html')) throw new ApiError(404, 'not found');
        return file('index.html');
      },
    },
    {
      method: 'GET',
      path: '/dashboard/{file}',
      summary: 'Returns a file of the dashboard.',
      answers: { 200: 'text/javascript', 404: null },
      handle: (context) => file(context.req.param('file') ?? ''),
    },
  ];
}

async function file(name: string): Promise<Response> {
  const type = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (type === undefined) throw new ApiError(404, 'file not found');
  return new Response(await readFile(new URL(name, FOLDER)), { headers: { 'Content-Type': type } });
}
