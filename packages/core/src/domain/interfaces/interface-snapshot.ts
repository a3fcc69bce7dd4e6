import type { RawJson } from '../json/raw-json.ts';

/** One entry of a list. `raw` is the definition as the service wrote it, without hidden characters. */
export interface Definition {
  readonly raw: RawJson;
  /** Hidden characters were removed from `raw`. */
  readonly cleaned?: true;
}

/** A definition that is identified by its name. */
export interface NamedDefinition extends Definition {
  readonly name: string;
  readonly title?: string;
  /** The service lists the entry only for clients that declare sampling, elicitation or roots. */
  readonly requiresClientCapability?: true;
  /** The service lists the entry only for clients that show app pages. */
  readonly requiresPages?: true;
}

/** One entry of `tools/list` (MCP 2025-11-25, Tools, "Data Types"). */
export interface ToolDefinition extends NamedDefinition {
  readonly description?: string;
}

/** One entry of `prompts/list`. */
export type PromptDefinition = NamedDefinition;

/** One entry of `resources/list`. */
export interface ResourceDefinition extends Definition {
  readonly uri: string;
}

/** One entry of `resources/templates/list`. */
export interface ResourceTemplateDefinition extends Definition {
  readonly uriTemplate: string;
}

/** Lifetime of a cached list in milliseconds, and who may share it (MCP 2026-07-28, "Caching"). */
export interface CacheHint {
  readonly ttlMs: number;
  readonly cacheScope: 'public' | 'private';
}

/** Names of the lists of a service. */
export type ListName = 'tools' | 'resources' | 'resourceTemplates' | 'prompts';

/**
 * Interface of a service at its last introspection. `interfaceRevision` is a digest: equal content has an equal revision.
 */
export interface InterfaceSnapshot {
  readonly interfaceRevision: string;
  /** ISO 8601. */
  readonly introspectedAt: string;
  /** Usage instructions of the service, the same for every client. */
  readonly instructions?: string;
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly resourceTemplates?: readonly ResourceTemplateDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** Cache hints of the service, by list. */
  readonly hints?: Readonly<Partial<Record<ListName, CacheHint>>>;
  /** Printable names of the entries that had hidden characters. */
  readonly cleaned?: readonly string[];
}
