import type { Manifest, ToolSurface } from './manifest.ts';

/** What the service itself says. */
export const AS_IT_IS: ToolSurface = {};

/** What the manifest says of a tool, by the name that the service gives it. */
export function toolSurface({ spec }: Manifest, tool: string): ToolSurface {
  const tools = spec.surface?.tools;
  return (tools !== undefined && Object.hasOwn(tools, tool) ? tools[tool] : undefined) ?? AS_IT_IS;
}
