import type { CallHistory } from '../application/audit/call-history.ts';
import type { CallCounter, LimitCounters } from '../application/audit/counters.ts';
import type { AuditLog } from '../application/audit/audit-log.ts';
import type { EventBus } from '../application/audit/event-bus.ts';
import type { CallGovernance } from '../application/calls/call-pipeline.ts';
import type { ControlTool } from '../application/control/control-tool.ts';
import type { Backends } from '../application/gateway/backends.ts';
import type { RuntimeGateway } from '../application/gateway/create-gateway.ts';
import type { ToolNaming } from '../application/gateway/name-table.ts';
import type { UpstreamObserver } from '../application/gateway/upstream-observer.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import type { InterfaceMemory } from '../application/services/interface-memory.ts';
import type { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import type { ServiceSharing } from '../application/sharing/service-sharing.ts';
import type { ServiceChanges } from '../application/support/service-changes.ts';
import type { AccessTokens } from '../application/use-cases/access-tokens.ts';
import type { Logins } from '../application/use-cases/logins.ts';
import type { LoginTargets } from '../application/login/login-targets.ts';
import type { LoginVault } from '../application/login/login-vault.ts';
import type { Authorizations } from '../application/login/service-authorization.ts';
import type { Approvals } from '../application/use-cases/approvals.ts';
import type { AuditTimeline } from '../application/use-cases/audit-timeline.ts';
import type { ClientSetup } from '../application/use-cases/client-setup.ts';
import type { Explain } from '../application/use-cases/explain.ts';
import type { Guard } from '../application/use-cases/guard.ts';
import type { InterfaceReviewer } from '../application/use-cases/interface-review.ts';
import type { Overview } from '../application/use-cases/overview.ts';
import type { Profiles } from '../application/use-cases/profiles.ts';
import type { PolicyUseCases } from '../application/use-cases/policy-use-cases.ts';
import type { Secrets } from '../application/use-cases/secrets.ts';
import type { ServiceUseCases } from '../application/use-cases/service-use-cases.ts';
import type { ToolUseCases } from '../application/use-cases/tool-use-cases.ts';
import type { TrustUseCases } from '../application/use-cases/trust-use-cases.ts';
import type { OriginType } from '../domain/services/manifest.ts';
import type {
  AccessTokenStore,
  ApprovalStore,
  ArtifactCleaner,
  AuditStore,
  AuthorizationClient,
  CallStage,
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
  ClaimStore,
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
import type { Runtime, RuntimeInstance } from '../ports/inbound/runtime.ts';
import type { Lifetime } from './lifetime.ts';
import type { MetricsReader } from './runtime-metrics.ts';
import type { RuntimeLifecycle } from './runtime-lifecycle.ts';
import type { RuntimeOptions } from './runtime-options.ts';

declare const produces: unique symbol;

/** Key of a container. `T` is the type that the key resolves to; it exists at compile time only. */
export type Token<T> = symbol & { readonly [produces]: T };

/** Two copies of this package in one process agree on the tokens, because `Symbol.for` is global. */
const port = <T>(name: string): Token<T> => Symbol.for(`clarity-runtime/port/${name}`) as Token<T>;

/**
 * One token per port that the runtime resolves. Register a value or `perRuntime(make)` under a token to replace the adapter
 * of that port. `serviceConnector`, `credentialProvider`, `callStage` and `resource` take any number of registrations.
 */
export const PORT = {
  serviceRegistry: port<ServiceRegistry>('serviceRegistry'),
  /** Names of services in a registry that several processes write. */
  claimStore: port<ClaimStore>('claimStore'),
  policyRegistry: port<PolicyRegistry>('policyRegistry'),
  profileStore: port<ProfileStore>('profileStore'),
  accessTokenStore: port<AccessTokenStore>('accessTokenStore'),
  approvalStore: port<ApprovalStore>('approvalStore'),
  /** Grants and registered clients of logins to remote services. */
  loginStore: port<LoginStore>('loginStore'),
  /** Encrypts the tokens in `loginStore`. Without it they are kept in memory. */
  loginSealer: port<LoginSealer>('loginSealer'),
  /** Exchanges messages with authorization servers. Without it remote services have no login. */
  authorizationClient: port<AuthorizationClient>('authorizationClient'),
  /** Exclusive rights among processes with the same stores. */
  leases: port<Leases>('leases'),
  /** The other processes of shared stores. Without it every process starts the services that it needs. */
  peers: port<Peers>('peers'),
  telemetry: port<Telemetry>('telemetry'),
  /** The store that audit events are read from. Without it they are read from the telemetry. */
  auditStore: port<AuditStore>('auditStore'),
  secretStore: port<SecretStore>('secretStore'),
  /** Keeps the last known interfaces over restarts. Without it they are kept in memory. */
  interfaceStore: port<InterfaceStore>('interfaceStore'),
  /** Deletes the artifacts of a removed service. Without it they stay. */
  artifactCleaner: port<ArtifactCleaner>('artifactCleaner'),
  clientConfigs: port<ClientConfigs>('clientConfigs'),
  workspace: port<Workspace>('workspace'),
  /** Decides whether the stored state may act. Without it the state is trusted. */
  workspaceTrust: port<WorkspaceTrust>('workspaceTrust'),
  compiler: port<Compiler>('compiler'),
  compilerInstaller: port<CompilerInstaller>('compilerInstaller'),
  /** Checks the arguments of control tools. */
  schemaValidator: port<SchemaValidator>('schemaValidator'),
  /** Compares large interfaces. Without it they are compared in this thread. */
  interfaceJudge: port<InterfaceJudge>('interfaceJudge'),
  clock: port<Clock>('clock'),
  entropy: port<Entropy>('entropy'),
  /** One registration per origin type. */
  serviceConnector: port<ServiceConnector>('serviceConnector'),
  /** One registration per scheme. */
  credentialProvider: port<CredentialProvider>('credentialProvider'),
  /** Steps around every tool call, in the order of registration, between `route` and `policy`. */
  callStage: port<CallStage>('callStage'),
  /** Created before the services load and, if it is `perRuntime`, disposed with the runtime. */
  resource: port<AsyncDisposable>('resource'),
} as const;

const part = <T>(name: string): Token<T> => Symbol(name) as Token<T>;

/** Private tokens: the parts of one runtime. */
export const PART = {
  options: part<RuntimeOptions>('options'),
  instance: part<RuntimeInstance>('instance'),
  connectors: part<ReadonlyMap<OriginType, ServiceConnector>>('connectors'),
  events: part<EventBus>('events'),
  audit: part<AuditLog>('audit'),
  limits: part<LimitCounters>('limits'),
  changes: part<ServiceChanges>('changes'),
  observer: part<UpstreamObserver>('observer'),
  /** Only with `PORT.peers` and shared leases. */
  sharing: part<ServiceSharing>('sharing'),
  catalog: part<ServiceCatalog>('catalog'),
  supervisor: part<ServiceSupervisor>('supervisor'),
  interfaceMemory: part<InterfaceMemory>('interfaceMemory'),
  callCounter: part<CallCounter>('callCounter'),
  callHistory: part<CallHistory>('callHistory'),
  pipeline: part<CallGovernance>('pipeline'),
  naming: part<ToolNaming>('naming'),
  gateway: part<RuntimeGateway>('gateway'),
  guard: part<Guard>('guard'),
  audits: part<AuditTimeline>('audits'),
  reviewer: part<InterfaceReviewer>('reviewer'),
  policies: part<PolicyUseCases>('policies'),
  services: part<ServiceUseCases>('services'),
  secrets: part<Secrets>('secrets'),
  clientSetup: part<ClientSetup>('clientSetup'),
  tools: part<ToolUseCases>('tools'),
  tokens: part<AccessTokens>('tokens'),
  profiles: part<Profiles>('profiles'),
  authorizations: part<Authorizations>('authorizations'),
  loginTargets: part<LoginTargets>('loginTargets'),
  loginVault: part<LoginVault>('loginVault'),
  logins: part<Logins>('logins'),
  trust: part<TrustUseCases>('trust'),
  metrics: part<MetricsReader>('metrics'),
  approvals: part<Approvals>('approvals'),
  controlTools: part<readonly ControlTool[]>('controlTools'),
  backends: part<Backends>('backends'),
  explain: part<Explain>('explain'),
  overview: part<Overview>('overview'),
  lifetime: Symbol.for('clarity-runtime/lifetime') as Token<Lifetime>,
  lifecycle: part<RuntimeLifecycle>('lifecycle'),
  runtime: part<Runtime>('runtime'),
} as const;
