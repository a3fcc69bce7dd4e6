import type { ToolDefinition } from './interface-snapshot.ts';

/** Returns the name under which the definition of a tool for app pages is compared, pinned and accepted. */
export const pageEntryName = (tool: string): string => `${tool} (app pages)`;

/** Returns all definitions of tools, each as an entry of its own. */
export const comparedTools = (tools: readonly ToolDefinition[]): readonly ToolDefinition[] =>
  tools.flatMap(({ forPages, ...tool }) =>
    forPages === undefined ? [tool] : [tool, { name: pageEntryName(tool.name), raw: forPages }],
  );
