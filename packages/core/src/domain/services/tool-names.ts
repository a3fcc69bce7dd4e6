import type { Manifest, ToolSurface } from './manifest.ts';
import { sha256Hex } from '../json/digest.ts';

/** The surface of a tool that the manifest does not change. */
export const NO_SURFACE: ToolSurface = {};

/** Returns the entry of `spec.surface.tools` of a tool, by the upstream's name of the tool. */
export function toolSurface({ spec }: Manifest, tool: string): ToolSurface {
  const tools = spec.surface?.tools;
  return (tools !== undefined && Object.hasOwn(tools, tool) ? tools[tool] : undefined) ?? NO_SURFACE;
}

/** Returns true if the tools of a service are repaired on the shared endpoint. */
export const repairsDefinitions = ({ spec }: Manifest): boolean => spec.surface?.definitions === 'repair';

/** Default maximum length of a name on the shared endpoint: clients add 16 to 22 characters before it. */
export const DEFAULT_MAX_TOOL_NAME = 42;
/** Maximum length that every client accepts. */
export const MAX_TOOL_NAME_LENGTH = 64;

const HASH_LENGTH = 6;
/** Shortest prefix that replaces a longer one: two characters, `_` and the hash. */
const MIN_PREFIX_LENGTH = HASH_LENGTH + 3;

const toClean = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '_');
const hashOf = (text: string): string => sha256Hex(text).slice(0, HASH_LENGTH);

/**
 * Returns a name that every client accepts: `<namespace>__<tool>` with characters outside `[A-Za-z0-9_-]` as `_`, cut at
 * `maxLength`. A name that is too long gets a shorter prefix with a hash of the namespace, if that keeps the whole name of the
 * tool. Any other changed name has a hash of the original, so that different originals stay different: at the end, or between head
 * and tail of a name that is cut, so that related names stay readable.
 */
export function exposedToolName(namespace: string, tool: string, maxLength: number = DEFAULT_MAX_TOOL_NAME): string {
  const original = `${namespace}__${tool}`;
  const clean = toClean(original);
  if (clean === original && clean.length <= maxLength) return clean;
  const hash = hashOf(original);
  if (clean.length + HASH_LENGTH + 1 <= maxLength) return `${clean}_${hash}`;
  const prefixRoom = maxLength - tool.length - 2;
  if (toClean(tool) === tool && prefixRoom >= MIN_PREFIX_LENGTH && clean.length > maxLength) {
    return `${toClean(namespace).slice(0, prefixRoom - HASH_LENGTH - 1)}_${hashOf(namespace)}__${tool}`;
  }
  const room = maxLength - HASH_LENGTH - 2;
  const tail = Math.floor(room / 2);
  return `${clean.slice(0, room - tail)}_${hash}_${clean.slice(-tail)}`;
}
