import type { Manifest, ToolSurface } from './manifest.ts';

/** Upstream names of tools to hide from lists and to show again. */
export interface ToolVisibilityChange {
  readonly hide?: readonly string[] | undefined;
  readonly show?: readonly string[] | undefined;
}

/**
 * Returns the manifest with other hidden tools. Names and descriptions of the surface stay; entries that say nothing more are
 * left out. A tool in both lists is shown.
 */
export function withToolVisibility(manifest: Manifest, { hide = [], show = [] }: ToolVisibilityChange): Manifest {
  const { surface } = manifest.spec;
  const tools = new Map<string, ToolSurface>(Object.entries(surface?.tools ?? {}));
  for (const name of hide) tools.set(name, { ...tools.get(name), hidden: true });
  for (const name of show) {
    const { hidden: _hidden, ...rest } = tools.get(name) ?? {};
    if (Object.keys(rest).length === 0) tools.delete(name);
    else tools.set(name, rest);
  }
  const { tools: _tools, ...others } = surface ?? {};
  const changed = tools.size === 0 ? others : { ...others, tools: Object.fromEntries(tools) };
  const { surface: _surface, ...spec } = manifest.spec;
  return { ...manifest, spec: Object.keys(changed).length === 0 ? spec : { ...spec, surface: changed } };
}
