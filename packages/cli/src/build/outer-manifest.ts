import type { EnvironmentEntry, Manifest, RemoteMcpOrigin } from '@clarity-runtime/core';

export interface RemoteService extends Omit<RemoteMcpOrigin, 'type'> {
  readonly module: string;
  readonly displayName?: string | undefined;
  readonly deniedTools?: readonly string[] | undefined;
}

export interface ProcessService {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: readonly EnvironmentEntry[];
}

const usual = {
  enabled: true,
  autostart: true,
  restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
  policyRef: 'default',
} as const;

/** The manifest that `add-remote` registers: its endpoint stands where a local service has its source. */
export const remoteManifest = ({ module, displayName, deniedTools, ...origin }: RemoteService): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: origin.endpoint, module, ...(displayName === undefined ? {} : { displayName }) },
  spec: {
    origin: { type: 'remote_mcp', ...origin },
    ...usual,
    ...(deniedTools === undefined ? {} : { policy: { denyTools: deniedTools } }),
  },
});

/** The manifest that `add-process` registers. Arguments may hold what is secret to somebody, so the source is the command alone. */
export const processManifest = ({ name, command, args, cwd, env }: ProcessService): Manifest => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: command, module: name },
  spec: { origin: { type: 'local_process', command, args, cwd, ...(env.length === 0 ? {} : { env }) }, ...usual },
});
