import type { InterfaceSnapshot, NamedDefinition, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { PAGE_CAPABILITIES, pageFacts } from '../../domain/mcp/app-pages.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Connection } from '../../ports/index.ts';
import { describedTool, EntryConverter, revisionOf, type ReadLimits } from './interface-reader.ts';
import { gatherList } from './list-reader.ts';

const META = new Map([['_meta', RawJson.of({ 'io.modelcontextprotocol/clientCapabilities': PAGE_CAPABILITIES })]]);
const MAX_ENTRIES = 200;

/**
 * Returns the interface with the tools that a modern service lists only for clients that show app pages.
 * A modern service reads the extensions of a client from each request (MCP 2026-07-28, "Per-Request Metadata").
 */
export async function withPageTools(
  connection: Connection,
  shown: InterfaceSnapshot,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  if (connection.era !== 'modern' || connection.capabilities['tools'] === undefined) return shown;
  const request = { method: 'tools/list', member: 'tools', params: META };
  const { entries } = await gatherList(connection, request, { limits, signal });
  const known = new Set(shown.tools.map(({ name }) => name));
  const read = await new EntryConverter(limits).named(entries, 'tools', describedTool);
  const variants = pageVariants(shown.tools, read);
  const added = read
    .filter(({ name }) => !known.has(name))
    .slice(0, MAX_ENTRIES)
    .map((tool) => ({ ...tool, requiresPages: true as const }));
  if (added.length === 0 && variants.size === 0) return shown;
  const tools = [...withVariants(shown.tools, variants), ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lists = [tools, shown.resources, shown.resourceTemplates ?? [], shown.prompts];
  return { ...shown, tools, interfaceRevision: await revisionOf(lists, shown.instructions) };
}

/** Definitions for clients that show app pages, by the name of their tool. */
export type PageVariants = ReadonlyMap<string, RawJson>;

const MAX_VARIANTS_LENGTH = 1024 * 1024;

/**
 * Returns the definitions that a list for clients with app pages has instead of the shown ones: the same tool with a page
 * (SEP-1865, "Graceful degradation"). A definition that differs in another way belongs to another capability.
 */
export function pageVariants(shown: readonly NamedDefinition[], read: readonly NamedDefinition[]): PageVariants {
  const plain = new Map(shown.map(({ name, raw }) => [name, raw]));
  let length = 0;
  const differing = read.filter(({ name, raw }) => {
    const known = plain.get(name);
    return known !== undefined && known.text !== raw.text && pageFacts(raw.value).hasPage;
  });
  return new Map(
    differing
      .filter(({ raw }) => (length += raw.bytes.length) <= MAX_VARIANTS_LENGTH)
      .map(({ name, raw }) => [name, raw]),
  );
}

/** Returns the tools with these definitions for app pages; the same array if none has one. */
export function withVariants(tools: readonly ToolDefinition[], variants: PageVariants): readonly ToolDefinition[] {
  if (!tools.some(({ name }) => variants.has(name))) return tools;
  return tools.map((tool) => {
    const forPages = variants.get(tool.name);
    return forPages === undefined ? tool : { ...tool, forPages };
  });
}
