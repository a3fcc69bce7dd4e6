import type { InterfaceSnapshot, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { pageFacts } from '../../domain/mcp/app-pages.ts';
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
