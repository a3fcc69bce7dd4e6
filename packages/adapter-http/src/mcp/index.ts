export { mcpEndpoint, type McpEndpoint, type McpEndpointOptions } from './mcp-endpoint.ts';
export type { McpContext } from './mcp-post.ts';
