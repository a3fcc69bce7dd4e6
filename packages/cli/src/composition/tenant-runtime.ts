import { join } from 'node:path';
import {
  httpConnector,
  oauthClient,
  type HttpConnectorOptions,
  type HttpServerOptions,
} from '@clarity-runtime/adapter-http';
import { ServicePeers } from '@clarity-runtime/adapter-stdio';
import { markedSecretStore, openFsStore, STATE_FOLDER, trustFolders } from '@clarity-runtime/adapter-store-fs';
import {
  ClarityError,
  createRuntime,
  credentialResolver,
  secretFileCredentials,
  type Manifest,
  type Runtime,
  type RuntimeOptions,
} from '@clarity-runtime/core';
import type { CredentialProvider, WasmLimits } from '@clarity-runtime/core/ports';
import type { Environment } from '../support/process-context.ts';
import { DEFAULT_MODULE_LIMITS, wasmHosts, type WasmHosts } from './wasm-hosts.ts';
import { restricted, tenantModules } from './tenant-modules.ts';
import { ThreadJudge } from '../threads/thread-judge.ts';

/** Settings that all tenants of a daemon have. */
export interface TenantRuntimeOptions {
  readonly environment: Environment;
  readonly trustStore?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly telemetryMaxBytes?: number | undefined;
  /** Rules and limits of remote services. */
  readonly remote: Pick<
    HttpConnectorOptions,
    'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'environment' | 'limits'
  >;
  readonly runtime: RuntimeOptions;
  /** Opens the guest hosts of the modules of one tenant. Default: processes that the daemon does not recognize as services. */
  readonly openHosts?: (() => WasmHosts) | undefined;
  /** Limits of modules whose manifests set none. */
  readonly moduleLimits?: WasmLimits;
}

/** The runtime of a tenant, with the facts that the server needs. */
export interface TenantRuntime {
  readonly runtime: Runtime;
  readonly isTrusted: () => boolean;
  readonly sessions: Pick<HttpServerOptions, 'mcpSessionKey' | 'mcpTombstones'>;
}

/**
 * Opens the runtime of a tenant over the stores of a folder of its own. Its services are remote servers, and modules in guest hosts of
 * the tenant: a program would run with the rights of the daemon, and could read what other tenants store. Credentials are the
 * secrets of the tenant alone, never variables of the daemon.
 */
export async function openTenantRuntime(
  tenant: string,
  root: string,
  options: TenantRuntimeOptions,
): Promise<TenantRuntime> {
  const { environment, trustStore, keyFile, telemetryMaxBytes, remote, moduleLimits = DEFAULT_MODULE_LIMITS } = options;
  const { openHosts = (): WasmHosts => wasmHosts('process', new ServicePeers()) } = options;
  const store = await openFsStore({
    root,
    tenant,
    trustFolders: trustFolders({ environment, trustStore }),
    keyFile,
    ...(telemetryMaxBytes === undefined ? {} : { maxTelemetryBytes: telemetryMaxBytes }),
  });
  const { registry, policies, accessTokens, profiles, approvals, logins, telemetry, interfaces, leases, trust } = store;
  try {
    const state = join(root, STATE_FOLDER);
    const secretStore = await markedSecretStore({
      root: join(state, 'secrets'),
      copyRoot: join(state, 'secrets-copy'),
      index: store.secretIndex,
      trust,
      tenant,
    });
    const credentialProviders = [secretFileCredentials(secretStore), ...VARIABLE_SCHEMES.map(withoutVariables)];
    const credentials = credentialResolver(credentialProviders);
    const hosts = openHosts();
    const runtime = await createRuntime(
      {
        ...{ registry, policies, accessTokens, profiles, approvals, logins, telemetry, interfaces, leases, trust },
        ...{ secretStore, credentialProviders, loginSealer: trust.key.sealer, interfaceJudge: new ThreadJudge() },
        // Its memory of metadata belongs to one tenant too.
        authorization: oauthClient(remote),
        connectors: [
          restricted(httpConnector({ ...remote, credentials }), assertWithoutFiles),
          ...tenantModules({ root, hosts, artifacts: store.artifacts, defaults: moduleLimits }),
        ],
        owned: [hosts.host, hosts.admissionHost, store],
      },
      { ...options.runtime, tenant },
    );
    const sessions = { mcpSessionKey: store.sessionKey, mcpTombstones: store.endedSessions };
    return { runtime, sessions, isTrusted: () => trust.state.trusted };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

const VARIABLE_SCHEMES = ['env', 'header_env', 'legacy_env'];
const NO_VARIABLES = 'variables of the daemon are not for services of a tenant';

/** Refuses references to variables when a manifest is registered, not first when its service starts. */
function withoutVariables(scheme: string): CredentialProvider {
  const refuse = (): Promise<never> => {
    const hint = 'store a secret: `clarityctl auth set-secret file:<name> --tenant <tenant>`';
    return Promise.reject(new ClarityError('AUTH_REF_INVALID', NO_VARIABLES, { hint }));
  };
  return {
    scheme,
    resolve: refuse,
    admit: refuse,
    validate: () => Promise.resolve({ valid: false, issues: [NO_VARIABLES], headers: [] }),
    health: () => Promise.resolve({ healthy: true, detail: NO_VARIABLES }),
  };
}

/** Refuses manifests that name files of the machine: they are those of the daemon, not of the tenant. */
function assertWithoutFiles({ spec: { origin } }: Manifest): void {
  const { tls = {} } = origin as { readonly tls?: Readonly<Record<string, unknown>> };
  for (const name of ['caFile', 'certFile', 'keyFile']) {
    if (tls[name] === undefined) continue;
    throw new ClarityError('MANIFEST_INVALID', 'a service of a tenant cannot name files of the daemon', {
      field: `spec.origin.tls.${name}`,
      hint: 'remove it; NODE_EXTRA_CA_CERTS of clarityd applies to all tenants',
    });
  }
}
