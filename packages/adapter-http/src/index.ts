/** The HTTP server of Clarity Runtime (API, MCP endpoint, status page) and the connector for remote services. */
export type { CallerResolver, Challenge, RequestHead } from './guard/caller-resolver.ts';
export { assertBindAllowed } from './guard/host-names.ts';
export type { ImportOperations } from './api/import-routes.ts';
export { createHttpServer, type HttpServer, type ListeningAddress } from './server/http-server.ts';
export type { TombstoneStore } from './mcp/session-tombstones.ts';
export { mcpEndpoint } from './mcp/mcp-endpoint.ts';
export { httpConnector } from './outbound/http-connector.ts';
export { oauthClient } from './outbound/oauth/oauth-client.ts';
export type { OAuthClientOptions } from './outbound/oauth/open-exchange.ts';
export { jwtVerifier } from './outbound/oauth/jwt-verifier.ts';
export type { JwtVerifierOptions } from './outbound/oauth/open-verifier.ts';
export type { AccessTokenVerifier, VerifiedToken } from './http/access-token-verifier.ts';
export type { ResourceServerOptions } from './guard/resource-server.ts';
export type { HttpConnectorLimits, HttpConnectorOptions, OwnAddress } from './outbound/http/options.ts';
export type { HttpLimits, HttpServerOptions, RequestListenerOptions } from './server/options.ts';
export type { AuditExportLoad, WorkerLoad } from './metrics/metric.ts';
export { createRequestListener, type RequestListener } from './server/request-listener.ts';
