import {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  SUPPORTED_REVISIONS,
  type Capabilities,
  type Era,
  type Implementation,
  type McpParams,
  type McpReply,
} from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { runsTasks, TASK_EXTENSION } from '../../domain/mcp/task-messages.ts';
import { SERVER_INFO } from './modern-result.ts';

/** Capabilities and instructions of an endpoint. */
export interface EndpointInfo {
  readonly capabilities: Capabilities;
  readonly instructions?: string;
  /** Identity of the service of an endpoint of one service; that of the runtime if absent. */
  readonly serverInfo?: Implementation;
}

/** Methods that an extension commits a server to, and that the gateway does not route (SEP-2640). */
const UNROUTED_EXTENSIONS: ReadonlySet<string> = new Set(['io.modelcontextprotocol/skills']);

/** Capabilities of the shared endpoint in both eras. They are constant, because services are added and removed at any time. */
export const SHARED_CAPABILITIES: Capabilities = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
  tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
  extensions: { [TASK_EXTENSION]: {} },
};

export const SHARED_INSTRUCTIONS =
  'Tools of the services that are registered with Clarity Runtime. On the shared endpoint a tool is named ' +
  '<service>__<tool>; a function of a Clarity service is <service>__fn__<function>.';

/** Returns the capabilities of the endpoint of one service. */
export function ownCapabilities(given: Capabilities | undefined): Capabilities {
  if (given === undefined) return SHARED_CAPABILITIES;
  const has = (name: string, value: object): Capabilities => (given[name] === undefined ? {} : { [name]: value });
  const resources = { listChanged: true, subscribe: inner(given['resources'], 'subscribe') };
  const extensions = Object.fromEntries(
    Object.entries(Object(given['extensions']) as object).filter(([name]) => !UNROUTED_EXTENSIONS.has(name)),
  );
  return {
    tools: { listChanged: true },
    ...has('resources', resources),
    ...has('prompts', { listChanged: true }),
    ...has('logging', {}),
    ...has('completions', {}),
    ...has('experimental', Object(given['experimental']) as object),
    ...(runsTasks(given) ? { tasks: SHARED_CAPABILITIES['tasks'] } : {}),
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
  };
}

const inner = (of: unknown, name: string): boolean => (Object(of) as Readonly<Record<string, unknown>>)[name] === true;

/**
 * Handles `initialize` (MCP 2025-11-25, Lifecycle, "Version Negotiation").
 * Returns the requested protocol version if it is a legacy revision, else the latest legacy revision.
 */
export function initialize(params: McpParams, serverInfo: Implementation, endpoint: EndpointInfo): McpReply {
  const requested = params.get('protocolVersion')?.value;
  if (typeof requested !== 'string') {
    return { error: { code: RpcCode.invalidParams, message: 'initialize needs params.protocolVersion, a string' } };
  }
  const protocolVersion = LEGACY_REVISIONS.find((revision) => revision === requested) ?? LEGACY_REVISIONS[0];
  return { result: RawJson.of({ protocolVersion, serverInfo, ...infoOf('legacy', endpoint) }) };
}

/** Handles `server/discover` (MCP 2026-07-28). */
export function discover(serverInfo: Implementation, endpoint: EndpointInfo): McpReply {
  const supportedVersions = [
    MODERN_REVISION,
    ...SUPPORTED_REVISIONS.filter((revision) => revision !== MODERN_REVISION),
  ];
  const caching = { ttlMs: 0, cacheScope: 'private' };
  const _meta = { [SERVER_INFO]: serverInfo };
  return {
    result: RawJson.of({ resultType: 'complete', supportedVersions, ...infoOf('modern', endpoint), ...caching, _meta }),
  };
}

const infoOf = (era: Era, { capabilities, instructions }: EndpointInfo): object => {
  const ofEra = capabilitiesOf(era, capabilities);
  return instructions === undefined ? { capabilities: ofEra } : { capabilities: ofEra, instructions };
};

/** Tasks are a capability of the legacy era and an extension of the modern one, whose clients take them by another protocol. */
function capabilitiesOf(era: Era, { tasks, extensions, ...others }: Capabilities): Capabilities {
  const { [TASK_EXTENSION]: taskExtension, ...rest } = Object(extensions) as Readonly<Record<string, unknown>>;
  const declared =
    era === 'legacy' || taskExtension === undefined ? rest : { ...rest, [TASK_EXTENSION]: taskExtension };
  return {
    ...others,
    ...(era === 'legacy' && tasks !== undefined ? { tasks } : {}),
    ...(Object.keys(declared).length === 0 ? {} : { extensions: declared }),
  };
}
