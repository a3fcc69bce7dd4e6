import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FsStore } from '@clarity-runtime/adapter-store-fs';
import type * as Testing from '@clarity-runtime/core/testing';
import type { Checkout } from './clarity.ts';

type OpenStore = (options: { readonly root: string }) => Promise<FsStore>;

/** Returns the flag that trusts a workspace; checkouts from before the trust of workspaces have none. */
export async function trusting({ clarityd }: Checkout): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [clarityd, '--help']);
  return stdout.includes('--trust-workspace') ? ['--trust-workspace'] : [];
}

/** Registers services with the store of the checkout: another version may not read the files of this one. */
export async function register({ load }: Checkout, root: string, services: number): Promise<void> {
  const store = (await load('adapter-store-fs/dist/index.js')) as Readonly<Record<string, OpenStore | undefined>>;
  const { sampleRecord, sampleWrite } = (await load('core/dist/testing/index.js')) as typeof Testing;
  const open = store['openFsStore'] ?? store['openWorkspace'];
  if (open === undefined) throw new Error('the checkout has no store on files');
  await using workspace = await open({ root });
  const records = Array.from({ length: services }, (_, i) => ({
    ...sampleRecord(`service${String(i)}`),
    serviceId: `svc_${i.toString(16).padStart(12, '0')}`,
  }));
  await Promise.all(records.map((record) => workspace.registry.put('default', record, 'absent', sampleWrite())));
}
