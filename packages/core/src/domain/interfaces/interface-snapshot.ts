import type { RawJson } from '../json/raw-json.ts';

/** One entry of a list. `raw` is the definition as the service wrote it, without hidden characters. */
export interface Definition {
  readonly raw: RawJson;
  /** Hidden characters were removed from `raw`. */
  readonly cleaned?: true;
  /** Another definition of the same tool, which the service lists for clients that show app pages. */
  readonly forPages?: RawJson;
}

/** A definition that is identified by its name. */
export interface NamedDefinition extends Definition {
  readonly name: string;
  readonly title?: string;
  /** The service lists the entry only for clients that declare sampling, elicitation or roots. */
  readonly requiresClientCapability?: true;
  /** The service lists the entry only for clients that show app pages. */
  readonly requiresPages?: true;
  /** `raw` is the definition for clients that show app pages: a call of such a client declares the extension, if possible. */
  readonly prefersPages?: true;
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

/** A list or a definition that clients could not read as the service sent it. */
export interface InterfaceFault {
  readonly list: ListName;
  /** Printable name or URI of the entry; empty if the whole list failed. */
  readonly entry: string;
  readonly problem: string;
  /**
   * `failed`: the list could not be read, and its last known entries, or none, are offered. `cut`: a later page could not be
   * read.
   */
  readonly outcome: 'repaired' | 'omitted' | 'cut' | 'failed';
}

/** Facts that a service declares about itself. */
export interface ServerFacts {
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly info?: { readonly name: string; readonly version: string };
}

/**
 * Interface of a service at its last introspection. `interfaceRevision` is a digest: equal content has an equal revision.
 */
export interface InterfaceSnapshot {
  readonly interfaceRevision: string;
  /** ISO 8601. */
  readonly introspectedAt: string;
  /** Usage instructions of the service, the same for every client. */
  readonly instructions?: string;
  /** Capabilities and identity of the service in its handshake. They are not part of the revision. */
  readonly server?: ServerFacts;
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly resourceTemplates?: readonly ResourceTemplateDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** Cache hints of the service, by list. */
  readonly hints?: Readonly<Partial<Record<ListName, CacheHint>>>;
  /** Printable names of the entries that had hidden characters. */
  readonly cleaned?: readonly string[];
  /** Faults of the lists, at most 50; absent without any. They are not part of the revision. */
  readonly faults?: readonly InterfaceFault[];
  /** Ids of the gateways whose entries the lists contain. They are not part of the revision. */
  readonly reaches?: readonly string[];
}

/** Returns the part of an interface whose names and URIs pass the filter; the same object if all pass. */
export function knownPart(
  snapshot: InterfaceSnapshot,
  isKnown: (item: string, kind: 'tool' | 'prompt' | 'resource') => boolean,
): InterfaceSnapshot {
  const { tools, prompts, resources, resourceTemplates = [] } = snapshot;
  const known = {
    tools: tools.filter(({ name }) => isKnown(name, 'tool')),
    prompts: prompts.filter(({ name }) => isKnown(name, 'prompt')),
    resources: resources.filter(({ uri }) => isKnown(uri, 'resource')),
    resourceTemplates: resourceTemplates.filter(({ uriTemplate }) => isKnown(uriTemplate, 'resource')),
  };
  const isAll =
    known.tools.length === tools.length &&
    known.prompts.length === prompts.length &&
    known.resources.length === resources.length &&
    known.resourceTemplates.length === resourceTemplates.length;
  return isAll ? snapshot : { ...snapshot, ...known };
}
