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

/**
 * Returns a name that every client accepts: `<namespace>__<tool>` with characters outside `[A-Za-z0-9_-]` as `_`, cut at
 * `maxLength`. A changed name has a hash of the original, so that different originals stay different: at the end, or
 * between head and tail of a name that is cut, so that related names stay readable.
 */
export function exposedToolName(namespace: string, tool: string, maxLength: number = DEFAULT_MAX_TOOL_NAME): string {
  const original = `${namespace}__${tool}`;
  const clean = original.replace(/[^A-Za-z0-9_-]/g, '_');
  if (clean === original && clean.length <= maxLength) return clean;
  const hash = sha256Hex(original).slice(0, HASH_LENGTH);
  if (clean.length + HASH_LENGTH + 1 <= maxLength) return `${clean}_${hash}`;
  const room = maxLength - HASH_LENGTH - 2;
  const tail = Math.floor(room / 2);
  return `${clean.slice(0, room - tail)}_${hash}_${clean.slice(-tail)}`;
}
