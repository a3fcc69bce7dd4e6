import { expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { createContainer, perRuntime, PORT, systemClock, type Container, type Token } from '@clarity-runtime/core';
import { MemoryTelemetry } from '@clarity-runtime/core/memory';
import type {
  AccessTokenStore,
  ApprovalStore,
  ArtifactCleaner,
  AuditStore,
  CallStage,
  ClaimStore,
  ClientConfigs,
  Clock,
  Compiler,
  CompilerInstaller,
  CredentialProvider,
  Entropy,
  InterfaceStore,
  PolicyRegistry,
  ProfileStore,
  AuthorizationClient,
  InterfaceJudge,
  Leases,
  LoginSealer,
  LoginStore,
  Peers,
  SchemaValidator,
  SecretStore,
  ServiceConnector,
  ServiceRegistry,
  Telemetry,
  Workspace,
  WorkspaceTrust,
} from '@clarity-runtime/core/ports';

test('each token carries the type of its port', () => {
  expectTypeOf(PORT).toEqualTypeOf<{
    readonly serviceRegistry: Token<ServiceRegistry>;
    readonly claimStore: Token<ClaimStore>;
    readonly policyRegistry: Token<PolicyRegistry>;
    readonly profileStore: Token<ProfileStore>;
    readonly accessTokenStore: Token<AccessTokenStore>;
    readonly approvalStore: Token<ApprovalStore>;
    readonly loginStore: Token<LoginStore>;
    readonly loginSealer: Token<LoginSealer>;
    readonly authorizationClient: Token<AuthorizationClient>;
    readonly leases: Token<Leases>;
    readonly peers: Token<Peers>;
    readonly telemetry: Token<Telemetry>;
    readonly auditStore: Token<AuditStore>;
    readonly secretStore: Token<SecretStore>;
    readonly interfaceStore: Token<InterfaceStore>;
    readonly artifactCleaner: Token<ArtifactCleaner>;
    readonly clientConfigs: Token<ClientConfigs>;
    readonly workspace: Token<Workspace>;
    readonly workspaceTrust: Token<WorkspaceTrust>;
    readonly compiler: Token<Compiler>;
    readonly compilerInstaller: Token<CompilerInstaller>;
    readonly schemaValidator: Token<SchemaValidator>;
    readonly interfaceJudge: Token<InterfaceJudge>;
    readonly clock: Token<Clock>;
    readonly entropy: Token<Entropy>;
    readonly serviceConnector: Token<ServiceConnector>;
    readonly credentialProvider: Token<CredentialProvider>;
    readonly callStage: Token<CallStage>;
    readonly resource: Token<AsyncDisposable>;
  }>();
  expect(new Set(Object.values(PORT)).size).toBe(Object.keys(PORT).length);
});

test('a container accepts and returns the type of the port only', () => {
  const container = createContainer();
  container.register(PORT.clock, { useValue: systemClock });
  container.register(PORT.telemetry, { useValue: new MemoryTelemetry() });
  container.register(
    PORT.telemetry,
    perRuntime((c) => {
      expectTypeOf(c).toEqualTypeOf<Container>();
      expectTypeOf(c.resolve(PORT.clock)).toEqualTypeOf<Clock>();
      return new MemoryTelemetry();
    }),
  );
  expectTypeOf(container.resolve(PORT.telemetry)).toEqualTypeOf<Telemetry>();
  expectTypeOf(() => container.resolveAll(PORT.serviceConnector)).returns.toEqualTypeOf<ServiceConnector[]>();
  // @ts-expect-error -- a clock is not a telemetry
  container.register(PORT.telemetry, { useValue: { wall: () => new Date() } });
  container.register(
    PORT.telemetry,
    // @ts-expect-error -- a factory of something else
    perRuntime(() => 5),
  );
  expect(container.isRegistered(PORT.telemetry)).toBe(true);
});
