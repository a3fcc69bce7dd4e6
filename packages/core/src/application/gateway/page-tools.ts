import type { InterfaceSnapshot, NamedDefinition, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { pageEntryName } from '../../domain/interfaces/compared-tools.ts';
import { PAGE_EXTENSION, pageFacts } from '../../domain/mcp/app-pages.ts';
import { isPageUri } from '../../domain/mcp/service-uri.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Route } from './tool-router.ts';

/** A tool that the app pages of its service may call. */
export type PageRoute = Route<ToolDefinition>;

interface PageService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly isListed: boolean;
  readonly isToolVisible: (tool: string) => boolean;
}

/** Declared abilities of the clients of an endpoint. */
export interface Audience {
  /** The client declares a capability that a server request needs, so gated entries are visible. */
  readonly canSeeGated: boolean;
  /** The client shows app pages, so tools for pages are visible. */
  readonly canShowPages: boolean;
}

/** Returns true if a service lists the entry for such clients. */
export const isForAudience = (
  { requiresClientCapability, requiresPages }: NamedDefinition,
  { canSeeGated, canShowPages }: Audience,
): boolean => (canSeeGated || requiresClientCapability !== true) && (canShowPages || requiresPages !== true);

/** Returns false for a tool that only app pages call. Parses only definitions that set a visibility. */
export const isForModel = (raw: ToolDefinition['raw']): boolean =>
  !raw.text.includes('"visibility"') || pageFacts(raw.value).isForModel;

/**
 * Returns the tools that the pages of services may call, by the service's name of the tool.
 * A host sends such a call with the name that the page uses (SEP-1865).
 */
export function pageTools(visible: readonly PageService[]): ReadonlyMap<string, readonly PageRoute[]> {
  const found = new Map<string, PageRoute[]>();
  for (const { service, snapshot, isListed, isToolVisible } of visible) {
    const facts = snapshot.tools.map((definition) => ({ definition, ...pageFacts(definition.raw.value) }));
    if (!isListed || !facts.some(({ hasPage }) => hasPage)) continue;
    for (const { definition, isForPages } of facts) {
      if (!isForPages || !isToolVisible(definition.name)) continue;
      found.set(definition.name, [...(found.get(definition.name) ?? []), { service, definition }]);
    }
  }
  return found;
}

/** Returns the interface with the definitions for clients that show app pages, except withheld ones. */
export function withPageDefinitions(snapshot: InterfaceSnapshot, held: ReadonlySet<string>): InterfaceSnapshot {
  if (!snapshot.tools.some(({ forPages }) => forPages !== undefined)) return snapshot;
  const tools = snapshot.tools.map(({ forPages, ...tool }) =>
    forPages === undefined || held.has(pageEntryName(tool.name)) ? tool : pageDefinition(tool.name, forPages),
  );
  return { ...snapshot, tools };
}

function pageDefinition(name: string, raw: ToolDefinition['raw']): ToolDefinition {
  const { title, description } = Object(raw.value) as Readonly<Record<string, unknown>>;
  return {
    name,
    raw,
    prefersPages: true,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

const known = new WeakMap<InterfaceSnapshot, boolean>();

/** Returns whether the service has app pages: by its capabilities, a page among its resources, or a tool with a page. */
export function hasAppPages(snapshot: InterfaceSnapshot): boolean {
  const found =
    known.get(snapshot) ??
    (PAGE_EXTENSION in Object(snapshot.server?.capabilities['extensions']) ||
      snapshot.resources.some(({ uri }) => isPageUri(uri)) ||
      snapshot.tools.some(({ raw }) => raw.text.includes('"ui') && pageFacts(raw.value).hasPage));
  known.set(snapshot, found);
  return found;
}
