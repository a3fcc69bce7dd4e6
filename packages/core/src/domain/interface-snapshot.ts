import type { RawJson } from './raw-json.ts';

/** One entry of a service's `tools/list`; `raw` is the whole definition as the service wrote it. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly raw: RawJson;
}

/** What a service offered when it was last asked. `revision` is a digest of the content: same content, same revision. */
export interface InterfaceSnapshot {
  readonly interfaceRevision: string;
  readonly introspectedAt: string;
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly RawJson[];
  readonly prompts: readonly RawJson[];
}
