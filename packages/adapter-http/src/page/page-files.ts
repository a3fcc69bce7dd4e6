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
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-frame-options': 'DENY',
};

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
    ['/status', fileReply(join(folder, 'index.html'), PAGE_HEADERS)],
    ...files.map(({ name }) => [`/status/assets/${name}`, fileReply(join(assets, name), FOREVER)] as const),
  ]);
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
