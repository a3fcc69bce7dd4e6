import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { PAGE_CAPABILITIES } from '../../domain/mcp/app-pages.ts';
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
  const added = read
    .filter(({ name }) => !known.has(name))
    .slice(0, MAX_ENTRIES)
    .map((tool) => ({ ...tool, requiresPages: true as const }));
  if (added.length === 0) return shown;
  const tools = [...shown.tools, ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lists = [tools, shown.resources, shown.resourceTemplates ?? [], shown.prompts];
  return { ...shown, tools, interfaceRevision: await revisionOf(lists, shown.instructions) };
}
