import type { Capabilities } from './mcp.ts';

/** Extension of clients that show app pages (SEP-1865, MCP Apps). */
export const PAGE_EXTENSION = 'io.modelcontextprotocol/ui';

/** Capabilities of a client that shows app pages. The runtime declares them to read the tools for such clients. */
export const PAGE_CAPABILITIES: Capabilities = {
  extensions: { [PAGE_EXTENSION]: { mimeTypes: ['text/html;profile=mcp-app'] } },
};

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members => Object(value) as Members;

/** Returns true if the client declares that it shows app pages. */
export const showsPages = (capabilities: Capabilities | undefined): boolean =>
  membersOf(capabilities?.['extensions'])[PAGE_EXTENSION] !== undefined;

/** Facts about app pages in the definition of a tool. */
export interface PageFacts {
  readonly hasPage: boolean;
  /** The model sees the tool. */
  readonly isForModel: boolean;
  /** Pages of the same service may call the tool. */
  readonly isForPages: boolean;
}

/** Reads `_meta.ui` of a tool definition; without `visibility` the tool is for both. */
export function pageFacts(definition: unknown): PageFacts {
  const meta = membersOf(membersOf(definition)['_meta']);
  const { resourceUri, visibility } = membersOf(meta['ui']);
  const isFor = (audience: string): boolean => !Array.isArray(visibility) || visibility.includes(audience);
  const hasPage = typeof resourceUri === 'string' || typeof meta['ui/resourceUri'] === 'string';
  return { hasPage, isForModel: isFor('model'), isForPages: isFor('app') };
}
