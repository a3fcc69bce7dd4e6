import type { Manifest, ToolSurface } from './manifest.ts';
import { sha256Hex } from '../json/digest.ts';

/** What the service itself says. */
export const NO_SURFACE: ToolSurface = {};

/** What the manifest says of a tool, by the name that the service gives it. */
export function toolSurface({ spec }: Manifest, tool: string): ToolSurface {
  const tools = spec.surface?.tools;
  return (tools !== undefined && Object.hasOwn(tools, tool) ? tools[tool] : undefined) ?? NO_SURFACE;
}

/** Longest name on the shared endpoint unless configured otherwise: clients put 16 to 22 characters of their own before it. */
export const DEFAULT_MAX_TOOL_NAME = 42;
/** No client takes more. */
export const MAX_TOOL_NAME_LENGTH = 64;

const HASH_LENGTH = 6;

/**
 * A name that every client accepts: `<namespace>__<tool>` with everything outside `[A-Za-z0-9_-]` as `_`, cut at
 * `maxLength`. A name that had to change carries a hash of the original, so different originals stay different.
 */
export function exposedToolName(namespace: string, tool: string, maxLength: number = DEFAULT_MAX_TOOL_NAME): string {
  const original = `${namespace}__${tool}`;
  const clean = original.replace(/[^A-Za-z0-9_-]/g, '_');
  if (clean === original && clean.length <= maxLength) return clean;
  const hash = sha256Hex(original).slice(0, HASH_LENGTH);
  return `${clean.slice(0, maxLength - HASH_LENGTH - 1)}_${hash}`;
}
