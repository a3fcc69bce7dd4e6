import { join } from 'node:path';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { openTenants } from '../../src/composition/tenants.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from './capture.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A server in this process with the tenant `acme`, and a user of `clarityctl` with an empty home. */
export interface TenantServer extends AsyncDisposable {
  readonly own: Runtime;
  readonly acme: Runtime;
  readonly url: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  ctl(
    ...argv: readonly string[]
  ): Promise<{ readonly exitCode: number; readonly text: string; readonly stdout: string }>;
}

export async function tenantServer(): Promise<TenantServer> {
  const folder = await temporaryFolder();
  const own = await createRuntime();
  const tenants = await openTenants({
    ...{ isShared: false, workspace: join(folder.path, 'workspace'), own, environment: { HOME: folder.path } },
    ...{ trustStore: join(folder.path, 'trust'), remote: { ownAddresses: () => [] }, log: () => undefined },
    runtime: { words: 'program' },
  });
  await tenants.create(embeddedCaller, 'acme');
  const server = createHttpServer(own, {
    host: '127.0.0.1',
    port: 0,
    tenants,
    isOfUser: () => true,
    mcpProvisioning: true,
  });
  const { url } = await server.listen();
  const env = { HOME: folder.path, PATH: '/nowhere', NO_COLOR: '1', CLARITYD_URL: url };
  return {
    ...{ own, acme: tenants.find('acme') as Runtime, url, home: folder.path, env },
    ctl: async (...argv) => {
      const [stdout, stderr] = [capture(), capture()];
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: folder.path, stdout, stderr, env });
      return { exitCode, stdout: stdout.text, text: stdout.text + stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await tenants.close();
      await own.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
