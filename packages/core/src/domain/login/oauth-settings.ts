/** How this runtime identifies itself to the authorization server of a service. */
export interface OAuthClientSettings {
  readonly id: string;
  /** Reference to the client secret. */
  readonly secretRef?: string;
  /** Reference to a private key in PEM form (PKCS #8), for `private_key_jwt`. */
  readonly keyRef?: string;
  readonly method?: OAuthClientMethod;
}

export const OAUTH_CLIENT_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
/** How a client of an authorization server identifies itself (RFC 6749 §2.3). */
export type OAuthClientMethod = (typeof OAUTH_CLIENT_METHODS)[number];

/** `spec.origin.auth`: the login of a remote service (docs/guides/login.md). Everything except `type` is optional. */
export interface OAuthSettings {
  /** `oauth`: a person logs in; `client_credentials`: the runtime identifies itself; `none`: OAuth is never tried. */
  readonly type: 'oauth' | 'client_credentials' | 'none';
  /** A client that is registered at the authorization server. */
  readonly client?: OAuthClientSettings;
  /** Issuer of the authorization server, compared byte for byte (RFC 8414 §3.3). */
  readonly issuer?: string;
  /** URL of the metadata of the authorization server; overrides the well-known paths. */
  readonly metadataUrl?: string;
  /** Requested scopes, instead of those that the service names. */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707) that is sent byte for byte; `omit` sends none. */
  readonly resource?: string;
  /** Further parameters of the authorization request, such as `audience` or `access_type`. */
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Port and host of the loopback redirect, for servers that compare them. */
  readonly redirectPort?: number;
  readonly redirectHost?: '127.0.0.1' | 'localhost';
  /** The server supports PKCE with S256 although its metadata does not say so. */
  readonly assumePkce?: boolean;
  /** A server without metadata has `/authorize`, `/token` and `/register` (MCP 2025-03-26, Authorization). */
  readonly legacyEndpoints?: boolean;
}

/** Parameters of an authorization request that only the runtime sets. */
const RESERVED_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'code_challenge',
  'code_challenge_method',
  'redirect_uri',
  'request',
  'request_uri',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'state',
]);

/** Returns the name in `authorizeParams` that the runtime sets itself; undefined without one. */
export const reservedParameter = ({ authorizeParams = {} }: OAuthSettings): string | undefined =>
  Object.keys(authorizeParams).find((name) => RESERVED_PARAMETERS.has(name.toLowerCase()));
