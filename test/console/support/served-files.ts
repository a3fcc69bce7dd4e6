import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the built page. */
export interface ServedFile {
  readonly body: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The Content-Security-Policy of the daemon, which its own tests hold. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; " +
  "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

const TYPES: Readonly<Record<string, string>> = { '.css': 'text/css', '.js': 'text/javascript' };

/** Reads the built page as the daemon serves it: the page at `/status`, its assets below. */
export function readFiles(folder: string): ReadonlyMap<string, ServedFile> {
  const html = readFileSync(join(folder, 'index.html'), 'utf8').replaceAll('"./assets/', '"status/assets/');
  const assets = join(folder, 'assets');
  return new Map<string, ServedFile>([
    [
      '/status',
      { body: html, headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY } },
    ],
    ...readdirSync(assets).map(
      (name) =>
        [
          `/status/assets/${name}`,
          {
            body: readFileSync(join(assets, name)),
            headers: { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' },
          },
        ] as const,
    ),
  ]);
}
