import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assertBindAllowed, createHttpServer, type HttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import type { DaemonSettings } from './settings/daemon-settings.ts';
import { stockAdapters } from './stock-adapters.ts';
import { VERSION } from './version.ts';

export interface Composition {
  readonly runtime: Runtime;
  readonly server: HttpServer;
  /** Tells who finds the workspace taken where the daemon answers. */
  announce(url: string): Promise<void>;
}

export interface CompositionOptions {
  readonly settings: DaemonSettings;
  /** Absolute. */
  readonly workspace: string;
  /** What `/readyz` says. */
  readonly ready: () => boolean;
  readonly log: (line: string) => void;
}

/** LOOPBACK_REQUIRED when the settings would open the daemon to other machines without a token. */
export const assertComposable = ({ host, authToken }: DaemonSettings): void => {
  assertBindAllowed(host.value, authToken.value);
};

/** The stock daemon: the one place where adapters and edges are put together. */
export async function compose({ settings, workspace, ready, log }: CompositionOptions): Promise<Composition> {
  const { host, port, authToken, allowedHosts, maxToolName, functionTimeoutMs, mcpProvisioning } = settings;
  const adapters = await stockAdapters({ workspace, functionTimeoutMs: functionTimeoutMs.value });
  const runtime = await createRuntime(adapters, { version: VERSION, maxToolName: maxToolName.value });
  const page = statusPageFolder();
  const server = createHttpServer(runtime, {
    host: host.value,
    port: port.value,
    allowedHosts: allowedHosts.value,
    mcpProvisioning: mcpProvisioning.value.open,
    ready,
    onError: log,
    ...(authToken.value === undefined ? {} : { token: authToken.value }),
    ...(page === undefined ? {} : { statusPageFolder: page }),
  });
  return { runtime, server, announce: (url) => adapters.announce(url) };
}

/** The page is a folder of built files beside this package; an installation without it still works. */
function statusPageFolder(): string | undefined {
  const folder = new URL('../../status-page/dist/', import.meta.url);
  return existsSync(new URL('index.html', folder)) ? fileURLToPath(folder) : undefined;
}
