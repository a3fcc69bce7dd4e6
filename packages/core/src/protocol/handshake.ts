import {
  type Capabilities,
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  type Era,
  type Implementation,
  type McpReply,
  type McpRequest,
  type RpcError,
} from '../domain/mcp/mcp.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { toDisplayText } from '../domain/text/safe-text.ts';

const LISTS = ['tools', 'resources', 'prompts'] as const;

/** The lists whose changes the service announces. */
export const announcedListChanges = (capabilities: Capabilities): readonly (typeof LISTS)[number][] =>
  LISTS.filter((list) => (capabilities[list] as { listChanged?: unknown } | null | undefined)?.listChanged === true);

/** What a modern `subscriptions/listen` asks for to hear of those changes; `undefined` when there are none to hear of. */
export function listenFilter(capabilities: Capabilities): Readonly<Record<string, true>> | undefined {
  const lists = announcedListChanges(capabilities);
  if (lists.length === 0) return undefined;
  return Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true as const]));
}

/** What the two sides know of each other once they may talk. */
export interface HandshakeResult {
  readonly era: Era;
  readonly revision: string;
  readonly capabilities: Capabilities;
  readonly info?: Implementation;
  readonly instructions?: string;
}

/** The first request to a service whose era is unknown. */
export const discoverRequest: McpRequest = { method: 'server/discover', params: new Map() };

export const initializeRequest = (client: Implementation, offers: Capabilities): McpRequest => ({
  method: 'initialize',
  params: new Map([
    ['protocolVersion', RawJson.of(LEGACY_REVISIONS[0])],
    ['capabilities', RawJson.of(offers)],
    ['clientInfo', RawJson.of(client)],
  ]),
});

/** What the answer to `server/discover` says: the modern era with our revision, or that `initialize` is to be tried. */
export function readDiscovery(reply: McpReply): HandshakeResult | 'legacy' {
  if ('error' in reply) return 'legacy';
  const result = objectOf(reply.result.value);
  const versions: unknown = result['supportedVersions'];
  if (!Array.isArray(versions) || !versions.includes(MODERN_REVISION)) return 'legacy';
  const meta = objectOf(result['_meta']);
  return { era: 'modern', revision: MODERN_REVISION, ...identity(result, meta['io.modelcontextprotocol/serverInfo']) };
}

/** What the answer to `initialize` says. Refuses an error, and a revision that we do not speak. */
export function readInitialization(reply: McpReply): HandshakeResult {
  if ('error' in reply) {
    throw new ClarityError('UPSTREAM_PROTOCOL', `initialize was answered with: ${reply.error.message}`);
  }
  const result = objectOf(reply.result.value);
  const revision = LEGACY_REVISIONS.find((known) => known === result['protocolVersion']);
  if (revision === undefined) {
    const said = toDisplayText(String(result['protocolVersion']), 40);
    throw new ClarityError('UPSTREAM_PROTOCOL', `it speaks revision '${said}', which this runtime does not know`);
  }
  return { era: 'legacy', revision, ...identity(result, result['serverInfo']) };
}

/** An error that only a service of the modern era gives. */
export const isModernError = ({ code }: RpcError): boolean =>
  code === RpcCode.headerMismatch ||
  code === RpcCode.missingClientCapability ||
  code === RpcCode.unsupportedProtocolVersion;

function identity(result: Readonly<Record<string, unknown>>, said: unknown): Omit<HandshakeResult, 'era' | 'revision'> {
  const info = objectOf(said);
  const { name, version, title } = info;
  const { instructions } = result;
  const known = typeof name === 'string' && typeof version === 'string';
  return {
    capabilities: objectOf(result['capabilities']),
    ...(known ? { info: { name, version, ...(typeof title === 'string' ? { title } : {}) } } : {}),
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
