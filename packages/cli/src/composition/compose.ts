import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import {
  assertBindAllowed,
  createHttpServer,
  jwtVerifier,
  type HttpServer,
  type HttpServerOptions,
} from '@clarity-runtime/adapter-http';
import { createRuntime, type Runtime, type RuntimeOptions } from '@clarity-runtime/core';
import { startAuditExports, type AuditExports } from '../audit-export/audit-exports.ts';
import { lazyImports } from './lazy-imports.ts';
import { DaemonClients } from './daemon-clients.ts';
import { variableOf } from './local-clients.ts';
import { controlAdapters, controlOptions } from './control-adapters.ts';
import type { Environment } from '../support/process-context.ts';
import { circuitRules } from '../settings/circuit-settings.ts';
import { interfaceLimits } from '../settings/interface-settings.ts';
import { daemonSettings, type DaemonSettings } from '../settings/daemon-settings.ts';
import { sharedAdapters, sharedStore } from './shared-store.ts';
import { shownSettings } from '../settings/shown-settings.ts';
import { statusPageFolder } from './status-page-folder.ts';
import { httpRules, stockAdapters } from './stock-adapters.ts';
import { openTenants, type OpenTenants } from './tenants.ts';
import { DEFAULT_MODULE_LIMITS } from './wasm-hosts.ts';
import { VERSION } from '../support/version.ts';
import { findWorkingCommands } from '../support/working-commands.ts';

export interface Composition {
  readonly runtime: Runtime;
  readonly tenants: OpenTenants;
  readonly server: HttpServer;
  /** Reason why a decision about trust is lost when the daemon ends. */
  readonly unkeptTrust: () => string | undefined;
  readonly isTrusted: () => boolean;
  /** Writes the address of the daemon to the lock, for a second daemon to report. */
  announce(url: string): Promise<void>;
  readonly audits: AuditExports;
}

export interface CompositionOptions {
  readonly settings: DaemonSettings;
  /** Absolute. */
  readonly workspace: string;
  /** Variables of `env:` and `header_env:` credentials. */
  readonly env: Environment;
  /** Result of `/readyz`. */
  readonly ready: () => boolean;
  readonly log: (line: string) => void;
}

/** Checks the address of a daemon. @throws ClarityError LOOPBACK_REQUIRED when it is not loopback and no token is set. */
export const assertComposable = ({ host, authToken }: DaemonSettings): void => {
  assertBindAllowed(host.value, authToken.value);
};

/**
 * Returns the addresses to listen on. `localhost` is 127.0.0.1 for one program and ::1 for another, so that the default
 * listens on both: another program cannot receive the requests of some clients on the same port.
 */
function listenHosts({ value, source }: DaemonSettings['host']): Pick<HttpServerOptions, 'host' | 'otherHosts'> {
  const isBoth = source === 'default' || value === 'localhost';
  return isBoth ? { host: '127.0.0.1', otherHosts: ['::1'] } : { host: value };
}

/** Composes the stock daemon from adapters and edges. */
export async function compose({ settings, workspace, env, ready, log }: CompositionOptions): Promise<Composition> {
  const { remoteMaxPayloadBytes: maxPayload } = settings;
  const { host, port, authToken, allowedHosts, maxToolName, functionTimeoutMs, mcpProvisioning } = settings;
  const { value: storeUrl } = settings.store;
  const openStore =
    storeUrl === undefined ? undefined : sharedStore({ url: storeUrl, settings, log }, settings.keyFile.value);
  const remote = {
    allowedHosts: settings.remoteAllowedHosts.value,
    denyPrivate: settings.remoteDenyPrivate.value.open,
    timeoutMs: settings.remoteTimeoutMs.value,
    ...(maxPayload.source === 'default' ? {} : { maxPayloadBytes: maxPayload.value }),
    authVariables: settings.remoteAuthVariables.value,
  };
  const adapters = await stockAdapters({
    openStore,
    workspace,
    functionTimeoutMs: functionTimeoutMs.value,
    wasmHost: settings.wasmHost.value,
    environment: env,
    childVariables: settings.childEnv.value,
    trustStore: settings.trustStore.value,
    keyFile: settings.keyFile.value,
    hidden: settings.authTokenFile.value === undefined ? [] : [resolve(settings.authTokenFile.value)],
    telemetryMaxBytes: settings.telemetryMaxBytes.value,
    ...(settings.authFileRoot.value === undefined ? {} : { secretsRoot: settings.authFileRoot.value }),
    remote,
  });
  let url = new URL(`http://localhost:${String(port.value)}`);
  const clientConfigs = new DaemonClients({
    env,
    project: workspace,
    daemonUrl: () => url,
    runtime: () => runtime,
    log,
    ...(authToken.value === undefined ? {} : { tokenVariable: variableOf(authToken) }),
  });
  const { shared: store, telemetry } = adapters;
  const spool = {
    spoolFolder: join(workspace, '.clarity', 'runtime', 'audit-spool'),
    spoolBytes: settings.storeSpoolBytes.value,
  };
  const shared = store === undefined ? undefined : await sharedAdapters({ store, telemetry, ...spool, log });
  const owned = [...(shared?.adapters.owned ?? []), ...adapters.owned];
  const limits: RuntimeOptions = {
    version: VERSION,
    words: 'program',
    maxToolName: maxToolName.value,
    maxDiskBytes: settings.maxDiskBytes.value,
    prefix: settings.toolPrefix.value,
    localServiceTools: settings.localServiceTools.value.open,
    circuit: circuitRules(settings),
    interfaceLimits: interfaceLimits(settings),
    supervision: { startsAtOnce: Math.min(8, 2 * availableParallelism()) },
    callDefaults: {
      remote_mcp: {
        timeoutMs: settings.remoteTimeoutMs.value,
        ...(maxPayload.source === 'default'
          ? {}
          : { maxRequestBytes: maxPayload.value, maxResponseBytes: maxPayload.value }),
        maxConcurrency: settings.remoteMaxConcurrency.value,
      },
    },
  };
  const loginLink = (handle: string): string => new URL(`/connect/${handle}`, settings.publicUrl.value ?? url).href;
  const logins = { oauthClientDocument: clientDocument(settings), loginLink };
  const runtime: Runtime = await createRuntime(
    { ...adapters, ...shared?.adapters, owned, clientConfigs, ...(await controlAdapters(settings, workspace, env)) },
    { ...limits, ...logins, ...controlOptions(settings) },
  );
  const tenants = await openTenants({
    isShared: openStore !== undefined,
    workspace,
    own: runtime,
    environment: env,
    trustStore: settings.trustStore.value,
    keyFile: settings.keyFile.value,
    telemetryMaxBytes: settings.telemetryMaxBytes.value,
    openHosts: adapters.openHosts,
    moduleLimits: { ...DEFAULT_MODULE_LIMITS, deadlineMs: functionTimeoutMs.value },
    remote: { ...httpRules(remote), ownAddresses: adapters.ownAddresses, environment: env },
    runtime: { ...limits, ...logins, ...controlOptions(settings), mcpCommands: false },
    log,
  });
  const audits = await startAuditExports({
    runtime,
    workspace,
    version: VERSION,
    targets: { file: settings.auditFile.value, syslog: settings.auditSyslog.value, otlp: settings.auditOtlp.value },
    log,
  });
  const page = statusPageFolder();
  const server = createHttpServer(runtime, {
    ...listenHosts(host),
    port: port.value,
    allowedHosts: allowedHosts.value,
    allowedOrigins: settings.allowedOrigins.value,
    ...(settings.publicUrl.value === undefined ? {} : { publicUrl: settings.publicUrl.value }),
    ...resourceServer(settings, env),
    mcpSessionKey: adapters.sessionKey,
    mcpTombstones: adapters.endedSessions,
    isServicePeer: ({ localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 }) =>
      adapters.isServicePeer({ localAddress, localPort, remoteAddress, remotePort }),
    prove: adapters.prove,
    tenants,
    mcpProvisioning: mcpProvisioning.value.approve === true ? 'approve' : mcpProvisioning.value.open,
    ...(settings.mcpGrants.value === undefined ? {} : { mcpGrants: settings.mcpGrants.value }),
    imports: lazyImports({
      runtime,
      env,
      workspace,
      daemonUrl: () => url,
      clients: clientConfigs,
    }),
    isOfUser: (text) => adapters.isOfUser(text, runtime.instance.id),
    requireToken: settings.requireToken.value.open || settings.publicUrl.value !== undefined,
    ready,
    words: 'program',
    cli: findWorkingCommands({ env, cwd: workspace }).clarityctl,
    settings: () => shownSettings(daemonSettings, settings),
    workers: adapters.workers,
    auditExports: () => [...audits.loads(), ...(shared === undefined ? [] : [shared.load()])],
    onError: log,
    ...(authToken.value === undefined ? {} : { token: authToken.value }),
    ...(page === undefined ? {} : { statusPageFolder: page }),
  });
  const announce = async (address: string): Promise<void> => {
    url = new URL(address);
    await adapters.announce(address);
  };
  const isTrusted = (): boolean => adapters.trust.state.trusted;
  return { runtime, tenants, server, announce, audits, unkeptTrust: adapters.unkeptTrust, isTrusted };
}

/** MCP 2026-07-28, Client ID Metadata Documents: the address must use https. */
function clientDocument({ oauthClientDocument, publicUrl }: DaemonSettings): string | undefined {
  const { value: own } = oauthClientDocument;
  if (own !== undefined) return own === 'none' ? undefined : own.href;
  const base = publicUrl.value;
  return base?.protocol === 'https:' ? new URL('/oauth/client.json', base).href : undefined;
}

/** Accepts access tokens of the configured authorization server at the MCP endpoint. */
function resourceServer(
  { oauthIssuer, oauthAudience, oauthGrants, oauthTenantClaim }: DaemonSettings,
  environment: Environment,
): Pick<HttpServerOptions, 'resourceServer'> {
  if (oauthIssuer.value === undefined) return {};
  const verifier = jwtVerifier({ issuer: oauthIssuer.value, tenantClaim: oauthTenantClaim.value, environment });
  return { resourceServer: { verifier, audiences: oauthAudience.value, verbs: oauthGrants.value } };
}
