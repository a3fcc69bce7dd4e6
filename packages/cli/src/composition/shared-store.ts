import { hostname } from 'node:os';
import type { AuditExportLoad } from '@clarity-runtime/adapter-http';
import type { UserKey } from '@clarity-runtime/adapter-store-fs';
import type { PostgresStore } from '@clarity-runtime/adapter-store-postgres';
import { systemClock, type RuntimeAdapters } from '@clarity-runtime/core';
import type { Peers, Telemetry } from '@clarity-runtime/core/ports';
import type { ResolvedSettings } from '../settings/setting.ts';
import type { sharingSettings, storeSettings } from '../settings/store-settings.ts';
import type { PeerKey } from '../peers/peer-socket.ts';
import type { PeerNetwork } from '../peers/peer-network.ts';
import { usageError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { AuditShipper } from './audit-shipper.ts';
import { AuditSpool } from './audit-spool.ts';
import { addressOf, loadStorePackage } from './store-package.ts';

/** The parts of a daemon that a shared store needs. */
export interface SharedStoreOptions {
  readonly url: string;
  readonly settings: ResolvedSettings<typeof storeSettings & typeof sharingSettings>;
  readonly log: (line: string) => void;
}

/** A store, and the other daemons that have it. */
export interface SharedStore extends PostgresStore {
  readonly peers: Peers;
}

/** Opens the store with the key of the daemons. */
export type OpenSharedStore = (key: Pick<UserKey, 'sealer' | 'derive'>) => Promise<SharedStore>;

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
  return async ({ sealer, derive }) => {
    const loaded = await loadStorePackage();
    const found = await addressOf(loaded, url, settings);
    const hosts = found.hosts.map((host) => ({ ...host, application_name: `clarityd/${hostname()}`.slice(0, 63) }));
    const peers = await openPeers(settings, derive('peers'));
    try {
      const store = await loaded.openPostgresStore({ address: { ...found, hosts }, sealer, holder: peers.name });
      for (const warning of store.warnings) log(`warning: ${found.shown}: ${warning}`);
      if (peers.isLocal)
        log('other daemons reach this one on this machine only; for several machines set --internal-listen');
      return Object.assign(store, { peers });
    } catch (error) {
      await peers[Symbol.asyncDispose]();
      throw error;
    }
  };
}

/** Loaded by daemons over a shared store only. @throws CliError if the address cannot be used. */
async function openPeers(settings: SharedStoreOptions['settings'], keys: readonly PeerKey[]): Promise<PeerNetwork> {
  const { PeerNetwork } = await import('../peers/peer-network.ts');
  const { internalListen, internalAddress } = settings;
  try {
    return await PeerNetwork.open({ listen: internalListen.value, address: internalAddress.value, keys });
  } catch (error) {
    throw usageError(`--internal-listen ${internalListen.value}: ${messageOf(error)}`);
  }
}

/** The parts of a daemon that share its state with others. */
export interface SharingOptions {
  readonly store: SharedStore;
  /** The journal of this daemon. */
  readonly telemetry: Telemetry;
  /** Folder of the audit events that wait for the store. */
  readonly spoolFolder: string;
  readonly spoolBytes: number;
  readonly log: (line: string) => void;
}

/** The adapters over a shared store in place of those over files. The telemetry stays the journal of this daemon. */
export async function sharedAdapters({ store, telemetry, spoolFolder, spoolBytes, log }: SharingOptions): Promise<{
  readonly adapters: RuntimeAdapters & Required<Pick<RuntimeAdapters, 'owned'>>;
  readonly load: () => AuditExportLoad;
}> {
  const { registry, claims, policies, accessTokens, profiles, approvals, logins } = store;
  const { interfaces, auditStore, leases, peers } = store;
  const spool = await AuditSpool.open({ folder: spoolFolder, maxBytes: spoolBytes });
  const shipper = new AuditShipper({ telemetry, auditStore, spool, clock: systemClock, log });
  const records = { registry, claims, policies, accessTokens, profiles, approvals, logins, interfaces };
  const adapters = { ...records, auditStore, leases, peers, owned: [shipper, store] };
  return { adapters, load: () => shipper.load };
}
