import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Reply } from '../http/response.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  'x-frame-options': 'DENY',
};

/** The path of the page. It has no slash at its end, so that relative addresses begin at the root of the daemon. */
export const PAGE_PATH = '/status';

/** For assets: their names contain a hash of their content. */
const FOREVER = { 'cache-control': 'public, max-age=31536000, immutable' };

/**
 * Reads the built status page into a table of replies by path. A path that is not in the table does not exist, so that no
 * path is resolved on the disk. Throws if the folder has no `index.html`.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, Reply> {
  const assets = join(folder, 'assets');
  const files = readdirSync(assets, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map([
    [PAGE_PATH, indexReply(join(folder, 'index.html'))],
    ...files.map(({ name }) => [`/status/assets/${name}`, fileReply(join(assets, name), FOREVER)] as const),
  ]);
}

/**
 * The addresses of its files are relative to `/status`, so that the page works below any prefix of a proxy or of an embedding
 * server. The build writes them relative to `index.html`, or below `/status/`.
 */
const OWN_ASSETS = /(["'])(?:\.\/|\/status\/)assets\//g;

function indexReply(path: string): Reply {
  const page = fileReply(path, PAGE_HEADERS);
  return { ...page, body: readFileSync(path, 'utf8').replace(OWN_ASSETS, '$1status/assets/') };
}

const fileReply = (path: string, headers: Readonly<Record<string, string>>): Reply => ({
  status: 200,
  body: readFileSync(path),
  headers: { 'content-type': types[extname(path)] ?? 'application/octet-stream', ...headers },
});

/** The reply of `/status` in an installation without a status page. */
export const noPage: Reply = {
  status: 200,
  body: 'Clarity Runtime is running; this installation has no status page. The API is at /api/status.\n',
  headers: { 'content-type': 'text/plain; charset=utf-8', ...PAGE_HEADERS },
};
