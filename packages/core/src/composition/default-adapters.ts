import { secretFileCredentials } from '../application/use-cases/credentials.ts';
import {
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryClaimStore,
  MemoryInterfaceStore,
  MemoryLeases,
  MemoryLoginSealer,
  MemoryLoginStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemorySecretStore,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '../memory/index.ts';
import { TelemetryAuditStore } from '../audit-chain/index.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import { judgePacked } from '../domain/interfaces/interface-judgement.ts';
import type { ClientConfigs, InterfaceJudge, WorkspaceTrust } from '../ports/index.ts';
import { schemaValidator } from '../validation/index.ts';
import { perRuntime, type Container } from './container.ts';
import type { Lifetime } from './lifetime.ts';
import type { RuntimeAdapters } from './runtime-adapters.ts';
import { systemClock } from './system-clock.ts';
import { systemEntropy } from './system-entropy.ts';
import { PART, PORT, type Token } from './tokens.ts';

/** Registers the adapter of each port, or else its default, unless the embedder registered the port. */
export function registerAdapters(container: Container, adapters: RuntimeAdapters): void {
  const isFree = (token: Token<unknown>): boolean => !container.isRegistered(token, true);
  const fill = <T>(token: Token<T>, value: T | undefined, makeDefault?: () => T): void => {
    if (!isFree(token)) return;
    if (value !== undefined) container.register<T>(token, { useValue: value });
    else if (makeDefault !== undefined) container.register<T>(token, perRuntime(makeDefault));
  };
  const fillAll = <T>(token: Token<T>, values: readonly T[]): void => {
    if (isFree(token)) for (const value of values) container.register<T>(token, { useValue: value });
  };
  fill(PORT.serviceRegistry, adapters.registry, () => new MemoryServiceRegistry());
  fill(PORT.claimStore, adapters.claims, () => new MemoryClaimStore());
  fill(PORT.policyRegistry, adapters.policies, () => new MemoryPolicyRegistry());
  fill(PORT.profileStore, adapters.profiles, () => new MemoryProfileStore());
  fill(PORT.accessTokenStore, adapters.accessTokens, () => new MemoryAccessTokenStore());
  fill(PORT.approvalStore, adapters.approvals, () => new MemoryApprovalStore());
  fill(PORT.loginStore, adapters.logins, () => new MemoryLoginStore());
  fill(PORT.loginSealer, adapters.loginSealer, () => new MemoryLoginSealer());
  fill(PORT.leases, adapters.leases, () => new MemoryLeases());
  fill(PORT.peers, adapters.peers);
  fill(PORT.authorizationClient, adapters.authorization);
  fill(PORT.interfaceStore, adapters.interfaces, () => new MemoryInterfaceStore());
  const { tenant } = container.resolve(PART.options);
  fill(PORT.telemetry, adapters.telemetry, () => new MemoryTelemetry(tenant === undefined ? {} : { tenant }));
  fill(PORT.auditStore, adapters.auditStore);
  if (isFree(PORT.auditStore)) container.register(PORT.auditStore, ownAuditStore);
  fill(PORT.secretStore, adapters.secretStore, () => new MemorySecretStore());
  fill(PORT.clock, adapters.clock, () => systemClock);
  fill(PORT.entropy, adapters.entropy, () => systemEntropy);
  fill(PORT.schemaValidator, adapters.schemaValidator, () => schemaValidator);
  fill(PORT.interfaceJudge, adapters.interfaceJudge, () => ownThread);
  fill(PORT.clientConfigs, adapters.clientConfigs, () => noClients);
  fill(PORT.workspaceTrust, adapters.trust, () => trusted);
  fill(PORT.artifactCleaner, adapters.cleaner);
  fill(PORT.workspace, adapters.workspace);
  fill(PORT.compiler, adapters.compiler);
  fill(PORT.compilerInstaller, adapters.compilerInstaller);
  fillAll(PORT.serviceConnector, adapters.connectors ?? []);
  // An empty list is a choice: it leaves the runtime without providers.
  if (adapters.credentialProviders !== undefined) fillAll(PORT.credentialProvider, adapters.credentialProviders);
  else if (isFree(PORT.credentialProvider)) container.register(PORT.credentialProvider, defaultCredentials);
}

/**
 * Gives the adapters to the lifetime of a runtime, also those whose port the embedder registered. The lifetime disposes in
 * reverse order: registry, policies, tokens and approvals come before telemetry, which receives the last events of changes, and all before
 * `owned`, which they may depend on.
 */
export function ownAdapters(lifetime: Lifetime, adapters: RuntimeAdapters): void {
  const {
    owned = [],
    policies,
    registry,
    claims,
    accessTokens,
    profiles,
    approvals,
    logins,
    telemetry,
    connectors = [],
    credentialProviders = [],
    ...others
  } = adapters;
  for (const adapter of [...owned].reverse()) lifetime.own(adapter);
  for (const adapter of [telemetry, logins, approvals, profiles, accessTokens, policies, claims, registry])
    lifetime.own(adapter);
  for (const adapter of [...Object.values(others), ...credentialProviders, ...connectors]) lifetime.own(adapter);
}

const defaultCredentials = perRuntime((container) => secretFileCredentials(container.resolve(PORT.secretStore)));

const ownAuditStore = perRuntime(
  (container) =>
    new TelemetryAuditStore({ telemetry: container.resolve(PORT.telemetry), clock: container.resolve(PORT.clock) }),
);

const trusted: WorkspaceTrust = {
  state: { trusted: true },
  grant: () => Promise.resolve(),
  revoke: () => Promise.reject(new StoreError('invalid', 'this runtime has no trust to revoke')),
};

/** Compares in this thread: a program that embeds the runtime chooses its own threads. */
const ownThread: InterfaceJudge = { judge: (task) => Promise.resolve(judgePacked(task)) };

const noClients: ClientConfigs = {
  clients: [],
  entry: () => {
    throw new Error('this runtime has no client configurations');
  },
};
