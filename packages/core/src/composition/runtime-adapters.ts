import type {
  AccessTokenStore,
  ApprovalStore,
  ArtifactCleaner,
  AuditStore,
  AuthorizationClient,
  ClaimStore,
  ClientConfigs,
  Clock,
  Compiler,
  CompilerInstaller,
  CredentialProvider,
  Entropy,
  InterfaceStore,
  InterfaceJudge,
  Leases,
  LoginSealer,
  LoginStore,
  Peers,
  PolicyRegistry,
  ProfileStore,
  SchemaValidator,
  SecretStore,
  ServiceConnector,
  ServiceRegistry,
  Telemetry,
  Workspace,
  WorkspaceTrust,
} from '../ports/index.ts';

/** The adapters of the control tools. A tool without its adapter returns an error. */
export interface ControlAdapters {
  readonly workspace?: Workspace;
  readonly compiler?: Compiler;
  readonly compilerInstaller?: CompilerInstaller;
  /** Checks the arguments of the tools. */
  readonly schemaValidator?: SchemaValidator;
}

/**
 * The adapters of one runtime, which disposes them when it closes. Each has a default: stores in memory, the clock and the
 * randomness of the machine, no connectors.
 */
export interface RuntimeAdapters extends ControlAdapters {
  readonly registry?: ServiceRegistry;
  /** Names of services, for a registry that several processes write; in memory when absent. */
  readonly claims?: ClaimStore;
  /** Keeps the last known interface of each service, so that clients see it before the service has started. */
  readonly interfaces?: InterfaceStore;
  readonly telemetry?: Telemetry;
  /** The store that audit events are read from; the telemetry when absent. */
  readonly auditStore?: AuditStore;
  readonly policies?: PolicyRegistry;
  readonly profiles?: ProfileStore;
  readonly accessTokens?: AccessTokenStore;
  /** Keeps calls that wait for an operator over restarts. */
  readonly approvals?: ApprovalStore;
  /** Grants and registered clients of logins; in memory when absent. Give `loginSealer` too. */
  readonly logins?: LoginStore;
  /** Encrypts the tokens of logins; they are kept in memory when absent. */
  readonly loginSealer?: LoginSealer;
  /** Logs in to remote services with OAuth; without it they have no login. */
  readonly authorization?: AuthorizationClient;
  /** Exclusive rights among processes with the same stores; of this process when absent. */
  readonly leases?: Leases;
  /** The other processes of shared stores: a service that is a process runs once among them. Needs shared `leases`. */
  readonly peers?: Peers;
  readonly connectors?: readonly ServiceConnector[];
  readonly secretStore?: SecretStore;
  /** Providers of credential references; `file` over `secretStore` when absent. */
  readonly credentialProviders?: readonly CredentialProvider[];
  /** Configurations of AI clients on this machine; none when absent. */
  readonly clientConfigs?: ClientConfigs;
  /** Compares large interfaces of services; in this thread when absent. */
  readonly interfaceJudge?: InterfaceJudge;
  readonly clock?: Clock;
  readonly entropy?: Entropy;
  /** Decides whether the stored state may act; trusted when absent. */
  readonly trust?: WorkspaceTrust;
  /** Deletes the artifacts of a removed service; without it they stay. */
  readonly cleaner?: ArtifactCleaner;
  /** Further resources, such as a WASM host. The runtime disposes them last, in this order. */
  readonly owned?: readonly AsyncDisposable[];
}
