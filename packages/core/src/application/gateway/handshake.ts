import {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  SUPPORTED_REVISIONS,
  type Capabilities,
  type Implementation,
  type McpParams,
  type McpReply,
} from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { SERVER_INFO } from './modern-result.ts';

/** What an endpoint says of itself. */
export interface Introduction {
  readonly capabilities: Capabilities;
  readonly instructions?: string;
}

/** Services come and go, so the shared endpoint can do whatever one of them may. */
export const SHARED_CAPABILITIES: Capabilities = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

export const SHARED_INSTRUCTIONS =
  'Tools of the services that are registered with Clarity Runtime. On the shared endpoint a tool is named ' +
  '<service>__<tool>; a function of a Clarity service is <service>__fn__<function>.';

/** Extensions whose requests could not be led back to their service. */
const UNROUTED = new Set(['io.modelcontextprotocol/tasks']);

/** What one service can do, as far as it is known, on its own endpoint. */
export function ownCapabilities(given: Capabilities | undefined): Capabilities {
  if (given === undefined) return SHARED_CAPABILITIES;
  const has = (name: string, value: object): Capabilities => (given[name] === undefined ? {} : { [name]: value });
  const resources = { listChanged: true, subscribe: inner(given['resources'], 'subscribe') };
  const extensions = Object.entries(Object(given['extensions']) as object).filter(([name]) => !UNROUTED.has(name));
  return {
    tools: { listChanged: true },
    ...has('resources', resources),
    ...has('prompts', { listChanged: true }),
    ...has('logging', {}),
    ...has('completions', {}),
    ...has('experimental', Object(given['experimental']) as object),
    ...(extensions.length === 0 ? {} : { extensions: Object.fromEntries(extensions) }),
  };
}

const inner = (of: unknown, name: string): boolean => (Object(of) as Readonly<Record<string, unknown>>)[name] === true;

/** `initialize` of the legacy revisions: the revision that the client asked for when we speak it, else our newest. */
export function initialize(params: McpParams, serverInfo: Implementation, endpoint: Introduction): McpReply {
  const asked = params.get('protocolVersion')?.value;
  if (typeof asked !== 'string') {
    return { error: { code: RpcCode.invalidParams, message: 'initialize needs params.protocolVersion, a string' } };
  }
  const protocolVersion = LEGACY_REVISIONS.find((revision) => revision === asked) ?? LEGACY_REVISIONS[0];
  return { result: RawJson.of({ protocolVersion, serverInfo, ...saidBy(endpoint) }) };
}

/** `server/discover` of the modern revision. */
export function discover(serverInfo: Implementation, endpoint: Introduction): McpReply {
  const supportedVersions = [
    MODERN_REVISION,
    ...SUPPORTED_REVISIONS.filter((revision) => revision !== MODERN_REVISION),
  ];
  const caching = { ttlMs: 0, cacheScope: 'private' };
  const _meta = { [SERVER_INFO]: serverInfo };
  return {
    result: RawJson.of({ resultType: 'complete', supportedVersions, ...saidBy(endpoint), ...caching, _meta }),
  };
}

const saidBy = ({ capabilities, instructions }: Introduction): object =>
  instructions === undefined ? { capabilities } : { capabilities, instructions };
