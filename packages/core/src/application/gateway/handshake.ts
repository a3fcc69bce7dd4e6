import {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  SUPPORTED_REVISIONS,
  type Implementation,
  type McpParams,
  type McpReply,
} from '../../domain/mcp.ts';
import { RawJson } from '../../domain/raw-json.ts';
import { SERVER_INFO } from './modern-result.ts';

const capabilities = { tools: {} };
const instructions =
  'Tools of the services that are registered with Clarity Runtime. On the shared endpoint a tool is named ' +
  '<service>__<tool>; a function of a Clarity service is <service>__fn__<function>.';

/** `initialize` of the legacy revisions: the revision that the client asked for when we speak it, else our newest. */
export function initialize(params: McpParams, serverInfo: Implementation): McpReply {
  const asked = params.get('protocolVersion')?.value;
  if (typeof asked !== 'string') {
    return { error: { code: RpcCode.invalidParams, message: 'initialize needs params.protocolVersion, a string' } };
  }
  const protocolVersion = LEGACY_REVISIONS.find((revision) => revision === asked) ?? LEGACY_REVISIONS[0];
  return { result: RawJson.of({ protocolVersion, capabilities, serverInfo, instructions }) };
}

/** `server/discover` of the modern revision. */
export function discover(serverInfo: Implementation): McpReply {
  const supportedVersions = [
    MODERN_REVISION,
    ...SUPPORTED_REVISIONS.filter((revision) => revision !== MODERN_REVISION),
  ];
  const caching = { ttlMs: 0, cacheScope: 'private' };
  const _meta = { [SERVER_INFO]: serverInfo };
  return {
    result: RawJson.of({ resultType: 'complete', supportedVersions, capabilities, instructions, ...caching, _meta }),
  };
}
