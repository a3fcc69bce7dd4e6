import type {
  CallPolicy,
  EnvironmentEntry,
  LocalProcessOrigin,
  LocalWasmOrigin,
  Manifest,
  Origin,
  OriginType,
  RemoteMcpOrigin,
  ServicePolicy,
} from './manifest.ts';
import { OAUTH_CLIENT_METHODS } from '../login/oauth-settings.ts';
import { form, integer, list, object, PATTERN, text, type JsonSchema } from './schema-parts.ts';

type BuiltInType = Origin['type'];

/**
 * Everything that depends on the type of an upstream, besides its connector. An embedder passes the row of its own type
 * in `ServiceConnector.kind`. Members that name a member of the origin hold its JSON name.
 */
export interface OriginKind<O extends { readonly type: string } = Origin> {
  /** JSON Schema 2020-12 of `spec.origin`, `type` included. Its `$ref`s cannot leave the document. */
  readonly schema: JsonSchema;
  /** Returns where the service is: a path, a URL or a command. */
  location(origin: O): string;
  /** Returns the text whose SHA-256 gives the service id; `<sourceFile>|<module>|<location>` if absent. */
  identitySeed?(origin: O, metadata: Manifest['metadata']): string;
  /** Requests go over the network: the status counts it as remote and the audit has `service.remote_error`. */
  readonly isRemote: boolean;
  /** The service is a process with `spec.limits` and `spec.sandbox`. */
  readonly hasProcess?: true;
  /** A start runs a command of the manifest: registering it over MCP needs the permission of the operator. */
  readonly runsCommand: boolean;
  /** A service with the same source file and module is the same program: registering it again replaces the old record. */
  readonly isBuiltFromSource: boolean;
  /** Member with the path of a file that a client may name inside the workspace only; clean-up deletes that file. */
  readonly workspaceFile?: keyof O & string;
  /** Member with an http(s) URL, which must not contain credentials. */
  readonly url?: keyof O & string;
  /** Member with a credential reference. */
  readonly credential?: keyof O & string;
  /** Members that only an operator may set, because they name files or addresses of the machine of the daemon. */
  readonly operatorMembers?: readonly (keyof O & string)[];
  /** Member with environment entries: readers see their values redacted. */
  readonly environment?: keyof O & string;
  /** Tools that the connector adds to those of the service. `localServiceTools` of the runtime decides whether they are listed. */
  readonly addedTools?: readonly string[];
  /** Older members of the origin and their knobs in `spec.policy`. An empty list means that the member is absent. */
  readonly legacyPolicy: readonly (readonly [older: keyof O & string, newer: keyof ServicePolicy])[];
  /** Limits of calls if neither the manifest nor its policy has one. */
  readonly callDefaults: CallPolicy;
}

const path = text(4096);
const file = { ...form(PATTERN.absolutePath), maxLength: 4096 };
const argument = { ...form(PATTERN.argument), maxLength: 4096 };
const valueEntry = (name: object) => ({
  ...object(['name'], { name, value: { ...form(PATTERN.argument), maxLength: 32_768 }, secretRef: text(512) }),
  not: { required: ['value', 'secretRef'] },
});
const environmentEntry = valueEntry({ ...form(PATTERN.variable), maxLength: 128 });

const processEntry = {
  ...object(['name'], { ...environmentEntry.properties, from: { ...form(PATTERN.variable), maxLength: 128 } }),
  not: {
    anyOf: ['value', 'from']
      .map((other) => ({ required: [other, 'secretRef'] }))
      .concat({ required: ['value', 'from'] }),
  },
};

const localWasm: OriginKind<LocalWasmOrigin> = {
  schema: object(['type', 'wasmPath', 'entry'], {
    type: { const: 'local_wasm' },
    wasmPath: path,
    entry: text(128),
    args: list(256, argument),
    env: list(256, environmentEntry),
    timeoutMs: integer(10, 600_000),
    maxMemoryBytes: integer(65_536, 1_073_741_824),
    guestHost: { enum: ['process', 'thread'] },
  }),
  location: ({ wasmPath }) => wasmPath,
  isRemote: false,
  runsCommand: false,
  isBuiltFromSource: true,
  workspaceFile: 'wasmPath',
  environment: 'env',
  addedTools: ['health_check', 'describe_service'],
  legacyPolicy: [],
  callDefaults: {},
};

const oauth = object(['type'], {
  type: { enum: ['oauth', 'client_credentials', 'none'] },
  client: object(['id'], {
    id: text(2048),
    secretRef: text(512),
    keyRef: text(512),
    method: { enum: [...OAUTH_CLIENT_METHODS] },
  }),
  issuer: { ...form(PATTERN.endpoint), maxLength: 2048 },
  metadataUrl: { ...form(PATTERN.endpoint), maxLength: 2048 },
  scopes: list(64, { type: 'string', pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,256}$' }),
  resource: text(2048),
  authorizeParams: {
    type: 'object',
    maxProperties: 16,
    propertyNames: { pattern: '^[A-Za-z0-9_.-]{1,64}$' },
    additionalProperties: { type: 'string', maxLength: 512 },
  },
  redirectPort: integer(1, 65_535),
  redirectHost: { enum: ['127.0.0.1', 'localhost'] },
  assumePkce: { type: 'boolean' },
  legacyEndpoints: { type: 'boolean' },
});

const remoteMcp: OriginKind<RemoteMcpOrigin> = {
  schema: object(['type', 'endpoint', 'transport'], {
    type: { const: 'remote_mcp' },
    endpoint: { ...form(PATTERN.endpoint), maxLength: 2048 },
    transport: { enum: ['streamable_http', 'sse_http'] },
    authRef: text(512),
    auth: oauth,
    headers: list(32, valueEntry(form(PATTERN.headerName))),
    query: list(16, valueEntry(text(128))),
    timeoutMs: integer(100, 120_000),
    allowedTools: list(1024, text(256)),
    maxPayloadBytes: integer(1024, 10_485_760),
    maxConcurrency: integer(1, 256),
    tls: object([], {
      caFile: file,
      certFile: file,
      keyFile: file,
      serverName: text(253),
    }),
    proxy: { ...form(PATTERN.proxy), maxLength: 2048 },
  }),
  location: ({ endpoint }) => endpoint,
  isRemote: true,
  runsCommand: false,
  isBuiltFromSource: false,
  url: 'endpoint',
  credential: 'authRef',
  operatorMembers: ['tls', 'proxy', 'auth'],
  legacyPolicy: [
    ['timeoutMs', 'timeoutMs'],
    ['allowedTools', 'allowTools'],
    ['maxPayloadBytes', 'maxRequestBytes'],
    ['maxPayloadBytes', 'maxResponseBytes'],
    ['maxConcurrency', 'maxConcurrency'],
  ],
  callDefaults: {
    timeoutMs: 20_000,
    maxTimeoutMs: 600_000,
    maxRequestBytes: 1_048_576,
    maxResponseBytes: 1_048_576,
    maxConcurrency: 8,
  },
};

const localProcess: OriginKind<LocalProcessOrigin> = {
  schema: object(['type', 'command'], {
    type: { const: 'local_process' },
    command: { ...argument, minLength: 1 },
    args: list(256, argument),
    env: list(256, processEntry),
    cwd: path,
    envFile: path,
    inheritEnv: { enum: ['none', 'safe', 'all'] },
  }),
  location: ({ command }) => command,
  identitySeed: ({ command, args = [], cwd = '' }, { module }) =>
    `${JSON.stringify([command, ...args])}|${module}|${cwd}`,
  isRemote: false,
  runsCommand: true,
  isBuiltFromSource: false,
  environment: 'env',
  hasProcess: true,
  operatorMembers: ['envFile', 'inheritEnv'],
  legacyPolicy: [],
  callDefaults: {
    timeoutMs: 120_000,
    maxTimeoutMs: 600_000,
    maxRequestBytes: 16_777_216,
    maxResponseBytes: 16_777_216,
  },
};

/** The rows of the built-in types. */
export const ORIGIN_KINDS: { readonly [Type in BuiltInType]: OriginKind<Extract<Origin, { readonly type: Type }>> } = {
  local_wasm: localWasm,
  remote_mcp: remoteMcp,
  local_process: localProcess,
};

/** Rows by type: the built-in ones and those of the connectors of one runtime. */
export type OriginKinds = ReadonlyMap<OriginType, OriginKind>;

export const BUILT_IN_KINDS: OriginKinds = new Map(Object.entries(ORIGIN_KINDS) as [BuiltInType, OriginKind][]);

/** Of a type without a row, for example in a record of another runtime: assumes that a start runs a command. */
const UNKNOWN_KIND: OriginKind = {
  schema: { type: 'object' },
  location: (origin) => JSON.stringify(origin),
  isRemote: false,
  runsCommand: true,
  isBuiltFromSource: false,
  environment: 'env' as never,
  legacyPolicy: [],
  callDefaults: {},
};

/** Returns the built-in rows with those of connectors; a connector cannot replace a built-in row. */
export function originKinds(
  connectors: Iterable<{ readonly origin: OriginType; readonly kind?: OriginKind }>,
): OriginKinds {
  const own = [...connectors].flatMap(({ origin, kind }) => (kind === undefined ? [] : [[origin, kind] as const]));
  return own.length === 0 ? BUILT_IN_KINDS : new Map([...own, ...BUILT_IN_KINDS]);
}

/** Returns the row of a type; a row that assumes the least for a type without one. */
export const originKind = (type: OriginType, kinds = BUILT_IN_KINDS): OriginKind => kinds.get(type) ?? UNKNOWN_KIND;

/** Returns a member of an origin by its JSON name; undefined if the row names none. */
export const originMember = (origin: Origin, name: string | undefined): unknown =>
  name === undefined ? undefined : (origin as unknown as Readonly<Record<string, unknown>>)[name];

/** Returns the manifest with another value of one member of its origin. */
export function withOriginMember(manifest: Manifest, name: string, value: unknown): Manifest {
  const origin = { ...manifest.spec.origin, ...({ [name]: value } as Partial<Origin>) } as Origin;
  return { ...manifest, spec: { ...manifest.spec, origin } };
}

/** Returns the environment entries of an origin. */
export function environmentOf(origin: Origin, kinds?: OriginKinds): readonly EnvironmentEntry[] {
  const entries = originMember(origin, originKind(origin.type, kinds).environment);
  return Array.isArray(entries) ? (entries as readonly EnvironmentEntry[]) : [];
}

/** Returns the path of the file that clean-up may delete; undefined if the type has none. */
export function workspaceFileOf({ spec: { origin } }: Pick<Manifest, 'spec'>): string | undefined {
  const path = originMember(origin, originKind(origin.type).workspaceFile);
  return typeof path === 'string' ? path : undefined;
}

/** Returns whether a service is reached over the network. */
export const isRemote = ({ spec: { origin } }: Pick<Manifest, 'spec'>): boolean => originKind(origin.type).isRemote;
