import type { LocalProcessOrigin } from '@clarity-runtime/core';
import { launchIdentity, normalizeNamespace } from '@clarity-runtime/core/internal';

/** Kinds of targets of `clarityctl add`. */
export type AddedKind = 'program' | 'URL' | 'module' | 'configuration' | 'source';

/** Returns the kind of the words of a command line: the positional and the words after `--`. */
export function addedKind(word: string, rest: readonly string[]): AddedKind {
  if (rest.length > 0) return 'program';
  if (/^https?:\/\//i.test(word)) return 'URL';
  if (/\.wasm$/i.test(word)) return 'module';
  return word === '-' || /\.(?:jsonc?|json5|toml|ya?ml)$/i.test(word) ? 'configuration' : 'source';
}

/** Programs that run a script of their first argument. */
const INTERPRETERS = /^(?:node|deno|bun|tsx|python|python3|ruby|php|java|sh|bash)$/;
/** File names that say nothing about their program. */
const GENERIC = /^(?:index|main|server|app|cli|start|run|__main__|dist|build|src|lib|bin|out)$/i;
/** Labels of host names that say nothing about their service. */
const GENERIC_LABELS = /^(?:mcp|www|api|server)$/i;
const SECOND_LEVELS = /^(?:co|com|org|net|gov|ac|edu)$/i;

/** Returns a service name for a program: that of its package, image or script without `mcp` and `server`. */
export function nameOfProgram({ command, args = [] }: Pick<LocalProcessOrigin, 'command' | 'args'>): string {
  const [first = ''] = identityOf(command, args);
  const [, scheme, found = ''] = /^(npm|pypi|oci):(.+)$/.exec(first) ?? [];
  return normalizeNamespace(
    bareName(scheme === undefined ? scriptName(command, args) : (found.split('/').at(-1) ?? '')),
  );
}

function identityOf(command: string, args: readonly string[]): readonly string[] {
  return JSON.parse(launchIdentity({ type: 'local_process', command, args })) as string[];
}

function scriptName(command: string, args: readonly string[]): string {
  const program = fileName(command);
  const script = INTERPRETERS.test(program) ? args.find((arg) => !arg.startsWith('-')) : undefined;
  if (script === undefined) return program;
  const parts = script.split(/[\\/]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  const names = [...parts.slice(0, -1), fileName(script)];
  return names.findLast((name) => !GENERIC.test(name)) ?? program;
}

const fileName = (path: string): string => (path.split(/[\\/]/).at(-1) ?? '').replace(/(.)\.[^.]*$/, '$1');

function bareName(name: string): string {
  const bare = name
    .replace(/^(?:mcp[-_]server[-_]|server[-_]|mcp[-_])/i, '')
    .replace(/(?:[-_]mcp[-_]server|[-_]server[-_]mcp|[-_]mcp|[-_]server)$/i, '');
  return bare === '' ? name : bare;
}

/** Returns a service name for a URL: its host without `mcp`, `www` and the top-level domain. */
export function nameOfUrl(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (/^\[|^[\d.]+$/.test(host)) return 'remote';
  const labels = host.split('.');
  const own = labels.length > 1 ? labels.slice(0, -1) : labels;
  const named = own.length > 1 && SECOND_LEVELS.test(own.at(-1) ?? '') ? own.slice(0, -1) : own;
  return normalizeNamespace(named.findLast((label) => !GENERIC_LABELS.test(label)) ?? host, 'remote');
}
