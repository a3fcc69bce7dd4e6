import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  fsAccessTokenStore,
  fsProfileStore,
  fsApprovalStore,
  fsLoginStore,
  fsArtifactStore,
  fsPolicyRegistry,
  fsServiceRegistry,
  fsTelemetry,
} from '@clarity-runtime/adapter-store-fs';
import { systemClock } from '@clarity-runtime/core';
import { TelemetryAuditStore } from '@clarity-runtime/core/audit-chain';
import type { Telemetry } from '@clarity-runtime/core/ports';
import {
  accessTokenStoreContract,
  profileStoreContract,
  approvalStoreContract,
  loginStoreContract,
  artifactStoreContract,
  auditStoreContract,
  policyRegistryContract,
  serviceRegistryContract,
  telemetryContract,
  withFaults,
  withStalls,
  withTelemetryFaults,
  type Fault,
  type TelemetrySetup,
} from '@clarity-runtime/core/testing';
import { nodeFiles, type FileOperations } from '../../src/files/file-operations.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kit = { describe, test, expect };

serviceRegistryContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  // The first change creates the journal.
  const { port: files, stall } = withStalls<FileOperations>(nodeFiles, ['create']);
  const stalled = () => {
    const resume = stall();
    return Promise.resolve(() => {
      resume();
      return Promise.resolve();
    });
  };
  return { open: () => fsServiceRegistry({ folder, files }), stall: stalled };
});
serviceRegistryContract(kit, 'fs, with late answers', async () => {
  const folder = await temporaryFolder();
  return { open: async () => withFaults(await fsServiceRegistry({ folder }), () => 'delay') };
});
policyRegistryContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  return { open: () => fsPolicyRegistry({ folder }) };
});
accessTokenStoreContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  return { open: () => fsAccessTokenStore({ folder }) };
});
profileStoreContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  return { open: () => fsProfileStore({ folder }) };
});
approvalStoreContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  return { open: () => fsApprovalStore({ folder }) };
});
loginStoreContract(kit, 'fs', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  return { open: () => fsLoginStore({ folder }) };
});
artifactStoreContract(kit, 'fs', async () => fsArtifactStore({ folder: join(await temporaryFolder(), 'artifacts') }));

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store[Symbol.asyncDispose]();
});
const owned = <T extends AsyncDisposable>(store: T): T => {
  opened.push(store);
  return store;
};

/** Copies the files as a process that ends now would leave them. */
const telemetryIn = (fault: Fault) => async (): Promise<TelemetrySetup> => {
  const folder = join(await temporaryFolder(), 'runtime');
  return {
    open: async () => owned(withTelemetryFaults(await fsTelemetry({ folder }), () => fault)),
    afterCrash: async () => {
      const copy = join(await temporaryFolder(), 'runtime');
      await cp(folder, copy, { recursive: true });
      return owned(await fsTelemetry({ folder: copy }));
    },
  };
};
telemetryContract(kit, 'fs', telemetryIn('none'));
telemetryContract(kit, 'fs, with late answers', telemetryIn('delay'));

auditStoreContract(kit, 'the telemetry on files', async () => {
  const folder = join(await temporaryFolder(), 'runtime');
  const telemetry = owned(await fsTelemetry({ folder }));
  const { port, stall } = withStalls<Telemetry>(telemetry, ['read', 'events', 'verify']);
  const handle = () => owned(new TelemetryAuditStore({ telemetry: port, clock: systemClock, pollMs: 1 }));
  const path = join(folder, 'telemetry.wal.jsonl');
  return {
    store: handle(),
    write: (drafts) => telemetry.append('default', drafts),
    second: () => Promise.resolve(handle()),
    stall,
    damage: async () => {
      await writeFile(path, (await readFile(path, 'latin1')).replace('"message":"b"', '"message":"x"'), 'latin1');
    },
  };
});
