import { ClarityError } from '../domain/clarity-error.ts';
import { sha256Hex } from '../domain/digest.ts';
import type { InterfaceSnapshot, ToolDefinition } from '../domain/interface-snapshot.ts';
import type { McpParams } from '../domain/mcp.ts';
import { RawJson } from '../domain/raw-json.ts';
import type { Connection } from '../ports/index.ts';

export interface ReadLimits {
  readonly totalMs: number;
  readonly maxReplyBytes: number;
}

const MAX_TOOLS = 2_000;

/** Asks a connection what it offers. The revision is a digest of the answer: same content, same revision. */
export async function readInterface(
  connection: Connection,
  at: Date,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const params: McpParams = new Map();
  const reply = await connection.request(
    { method: 'tools/list', params },
    {
      ...limits,
      idleMs: 0,
      signal,
      onNotification: () => undefined,
      onRequest: () => Promise.resolve({ error: { code: -32601, message: 'the runtime answers no requests here' } }),
      onSent: () => undefined,
    },
  );
  if ('error' in reply) throw new ClarityError('SERVICE_START_FAILED', `tools/list: ${reply.error.message}`);
  const tools = readTools(reply.result.value);
  const revision = sha256Hex(JSON.stringify(tools.map((tool) => tool.raw.value)));
  return {
    interfaceRevision: `iface_${revision.slice(0, 12)}`,
    introspectedAt: at.toISOString(),
    tools,
    resources: [],
    prompts: [],
  };
}

function readTools(result: unknown): readonly ToolDefinition[] {
  const listed = isObject(result) ? result.tools : undefined;
  if (!Array.isArray(listed)) throw new ClarityError('SERVICE_START_FAILED', 'tools/list answered without tools');
  const byName = new Map<string, ToolDefinition>();
  for (const entry of listed as readonly unknown[]) {
    if (!isObject(entry) || typeof entry.name !== 'string' || entry.name === '') continue;
    if (byName.size === MAX_TOOLS) break;
    if (byName.has(entry.name)) continue;
    byName.set(entry.name, {
      name: entry.name,
      raw: RawJson.of(entry),
      ...(typeof entry.title === 'string' ? { title: entry.title } : {}),
      ...(typeof entry.description === 'string' ? { description: entry.description } : {}),
    });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
