/** One tool of a service, as the page shows it. */
export interface ToolFacts {
  readonly name: string;
  readonly description: string;
  readonly schema: unknown;
  /** Estimate: UTF-8 bytes of the listed JSON / 4. */
  readonly tokens: number;
  /** Hints of the service, which are not to be trusted (MCP 2025-06-18, `ToolAnnotations`). */
  readonly isReadOnly: boolean;
  readonly isDestructive: boolean;
  /** The definition as JSON. */
  readonly json: string;
  /** Name on the shared endpoint. */
  readonly sharedName: string;
}

interface ToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema?: unknown;
  readonly annotations?: unknown;
}

/** Returns the facts of a tool definition of the service `namespace`. */
export function toTool(tool: ToolDefinition, namespace: string): ToolFacts {
  const { readOnlyHint, destructiveHint } = Object(tool.annotations) as {
    readOnlyHint?: unknown;
    destructiveHint?: unknown;
  };
  const json = JSON.stringify(tool, null, 2);
  return {
    name: tool.name,
    description: tool.description ?? '',
    schema: tool.inputSchema,
    tokens: Math.round(new TextEncoder().encode(JSON.stringify(tool)).length / 4),
    isReadOnly: readOnlyHint === true,
    isDestructive: destructiveHint === true && readOnlyHint !== true,
    json,
    sharedName: `${namespace}__${tool.name}`,
  };
}
