import { hostname } from 'node:os';
import type { PostgresStore } from '@clarity-runtime/adapter-store-postgres';
import { systemClock, type RuntimeAdapters } from '@clarity-runtime/core';
import type { LoginSealer, Telemetry } from '@clarity-runtime/core/ports';
import type { ResolvedSettings } from '../settings/setting.ts';
import type { storeSettings } from '../settings/store-settings.ts';
import { usageError } from '../support/cli-error.ts';
import { AuditShipper } from './audit-shipper.ts';
import { addressOf, loadStorePackage } from './store-package.ts';

/** The parts of a daemon that a shared store needs. */
export interface SharedStoreOptions {
  readonly url: string;
  readonly settings: ResolvedSettings<typeof storeSettings>;
  readonly log: (line: string) => void;
}

/** Opens the store with the key of the daemons. */
export type OpenSharedStore = (sealer: LoginSealer) => Promise<PostgresStore>;

/**
 * Returns how to open the store that all daemons share. @throws CliError without a key file: secrets and logins of a store are
 * encrypted with one key that all daemons have.
 */
export function sharedStore({ url, settings, log }: SharedStoreOptions, keyFile: string | undefined): OpenSharedStore {
  if (keyFile === undefined) {
    throw usageError(
      '--store needs --key-file: one key that all daemons of the store have',
      'create it: head -c 32 /dev/urandom > cluster.key',
    );
  }
  return async (sealer) => {
    const loaded = await loadStorePackage();
    const found = await addressOf(loaded, url, settings);
    const hosts = found.hosts.map((host) => ({ ...host, application_name: `clarityd/${hostname()}`.slice(0, 63) }));
    const store = await loaded.openPostgresStore({ address: { ...found, hosts }, sealer });
    for (const warning of store.warnings) log(`warning: ${found.shown}: ${warning}`);
    return store;
  };
}

/** The adapters over a shared store in place of those over files. The telemetry stays the journal of this daemon. */
export function sharedAdapters(
  store: PostgresStore,
  telemetry: Telemetry,
  log: (line: string) => void,
): RuntimeAdapters {
  const { registry, policies, accessTokens, profiles, approvals, logins, interfaces, auditStore, leases } = store;
  const shipper = new AuditShipper({ telemetry, auditStore, clock: systemClock, log });
  const adapters = { registry, policies, accessTokens, profiles, approvals, logins, interfaces, auditStore, leases };
  return { ...adapters, owned: [shipper, store] };
}
