import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';

export interface Frame {
  readonly key: string;
  readonly file: string;
  readonly isAsync: boolean;
}

const root = new URL('../../../../', import.meta.url).pathname;
const BUNDLES = '/.cache/clarity-test/';

const sources = new Map<string, string>();
const sourceOf = (file: string): string => {
  const source = sources.get(file) ?? readFileSync(`${root}${file}`, 'utf8');
  sources.set(file, source);
  return source;
};

/** Whether a named function, method or variable of the file is async. */
function isDeclaredAsync(file: string, name: string): boolean {
  if (name === '') return false;
  const escaped = name.replace(/[$#]/g, '\\$&');
  return new RegExp(`async (function )?${escaped}\\b|(?<![\\w#])${escaped}(: | = )async\\b`).test(sourceOf(file));
}

const maps = new Map<string, SourceMap>();

/** The source file of a call site, relative to the root. Other packages are loaded as bundles with source maps. */
function sourceFileOf(site: NodeJS.CallSite): string {
  const path = (site.getFileName() ?? '').replace(/^file:\/\//, '');
  if (!path.includes(BUNDLES)) return path;
  const map = maps.get(path) ?? new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  maps.set(path, map);
  const entry = map.findEntry((site.getLineNumber() ?? 1) - 1, (site.getColumnNumber() ?? 1) - 1);
  return 'originalSource' in entry ? resolve(dirname(path), entry.originalSource) : path;
}

function frameOf(site: NodeJS.CallSite): Frame | undefined {
  const path = sourceFileOf(site);
  const file = path.startsWith(root) ? path.slice(root.length) : '';
  if (!/^packages\/[^/]+\/src\//.test(file)) return undefined;
  const full = site.getFunctionName() ?? '';
  const name = full.slice(full.lastIndexOf('.') + 1);
  const at = name === '' ? `${String(site.getLineNumber())}:${String(site.getColumnNumber())}` : '';
  const isAsync = (site as { isAsync?: () => boolean }).isAsync?.() === true || isDeclaredAsync(file, name);
  return { key: `${file} ${name}${at}`, file, isAsync };
}

/** The functions of ours that are on the stack, innermost first; those inside the HTTP client are left out. */
export function captureFrames(): readonly Frame[] {
  const { stackTraceLimit } = Error;
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace');
  Error.stackTraceLimit = 200;
  Error.prepareStackTrace = (_error, sites) => sites;
  const sites = (new Error().stack as unknown as readonly NodeJS.CallSite[]).slice(1);
  Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  Error.stackTraceLimit = stackTraceLimit;
  const client = sites.findLastIndex((site) => sourceFileOf(site).includes('/undici/lib/'));
  return sites.slice(client + 1).flatMap((site) => frameOf(site) ?? []);
}
