import type { RawJson } from '../json/raw-json.ts';

/** One entry of a list; `raw` is the whole definition as the service wrote it, without what people cannot see. */
export interface Definition {
  readonly raw: RawJson;
  /** The service wrote characters into it that nobody sees; `raw` is without them. */
  readonly cleaned?: true;
}

export interface NamedDefinition extends Definition {
  readonly name: string;
  readonly title?: string;
  /** The service offers it only to clients that it can ask something. */
  readonly requiresClientCapability?: true;
}

/** One entry of a service's `tools/list`. */
export interface ToolDefinition extends NamedDefinition {
  readonly description?: string;
}

export type PromptDefinition = NamedDefinition;

export interface ResourceDefinition extends Definition {
  readonly uri: string;
}

export interface ResourceTemplateDefinition extends Definition {
  readonly uriTemplate: string;
}

/** How long, in milliseconds, a list may be kept by whom. */
export interface CacheHint {
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

export type ListName = 'tools' | 'resources' | 'resourceTemplates' | 'prompts';

/** What a service offered when it was last asked. `revision` is a digest of the content: same content, same revision. */
export interface InterfaceSnapshot {
  readonly interfaceRevision: string;
  readonly introspectedAt: string;
  /** What the service says of its use to every client. */
  readonly instructions?: string;
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly resourceTemplates?: readonly ResourceTemplateDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** What the service says of keeping its lists. */
  readonly hints?: Readonly<Partial<Record<ListName, CacheHint>>>;
  /** Printable names of the entries that had hidden characters. */
  readonly cleaned?: readonly string[];
}
