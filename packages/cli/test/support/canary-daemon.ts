import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { embeddedCaller, type Manifest } from '@clarity-runtime/core';
import { canariesIn, canary } from '../../../../test/support/canaries.ts';
import { compose, type Composition } from '../../src/composition/compose.ts';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';
import { CHILD_PROGRAM, reflectingUpstream, type ReflectingUpstream } from './reflecting-services.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** One canary for each place of a manifest that can hold a secret, and for a variable of the daemon. */
export const canaries = {
  bearer: canary('bearer'),
  headerSecret: canary('headerSecret'),
  headerText: canary('headerText'),
  querySecret: canary('querySecret'),
  queryText: canary('queryText'),
  urlSecret: canary('urlSecret'),
  variable: canary('variable'),
  argument: canary('argument'),
  envSecret: canary('envSecret'),
  envText: canary('envText'),
};
/** Names of the canaries that the remote service receives. */
export const REMOTE = ['bearer', 'headerSecret', 'headerText', 'querySecret', 'queryText', 'urlSecret', 'variable'];
/** Names of the canaries that the child process receives. */
export const CHILD = ['argument', 'envSecret', 'envText'];

/** A text that a reply, a command or a log shows, with its place. */
export type Shown = readonly [place: string, text: string];

export interface CanaryDaemon {
  readonly daemon: Composition;
  readonly upstream: ReflectingUpstream;
  readonly folder: string;
  readonly url: string;
  /** Service with the remote canaries, namespace `far`. */
  readonly remoteId: string;
  /** Service with the canaries of a child process, namespace `near`. */
  readonly childId: string;
  readonly log: readonly string[];
  /** Sends one request and returns status, headers and body; of a stream its first bytes. */
  send(path: string, init?: RequestInit): Promise<string>;
  post(path: string, body: object): Promise<string>;
  mcp(method: string, params: object, path?: string): Promise<string>;
  close(): Promise<void>;
}

/** Returns a manifest of namespace `module`. */
export const manifestOf = (module: string, origin: object): Manifest =>
  ({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: module, module },
    spec: {
      origin,
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  }) as unknown as Manifest;

/** Returns origins whose every place for a secret has a canary. */
export const remoteOrigin = (endpoint: string): object => ({
  type: 'remote_mcp',
  endpoint: `${endpoint}?key=\${secret:file:urlSecret}`,
  transport: 'streamable_http',
  authRef: 'file:bearer',
  headers: [
    { name: 'x-one', secretRef: 'file:headerSecret' },
    { name: 'x-two', value: canaries.headerText },
    { name: 'x-three', value: '${env:CANARY}' },
  ],
  query: [
    { name: 'one', secretRef: 'file:querySecret' },
    { name: 'two', value: canaries.queryText },
  ],
});
export const childOrigin = (program: string): object => ({
  type: 'local_process',
  command: process.execPath,
  args: [program, '${secret:file:argument}'],
  env: [
    { name: 'SECRET', secretRef: 'file:envSecret' },
    { name: 'TEXT', value: canaries.envText },
  ],
});

/** Starts a daemon with both services running. `provisioning` is the value of `CLARITY_ENABLE_MCP_PROVISIONING`. */
export async function canaryDaemon(provisioning = '1'): Promise<CanaryDaemon> {
  const folder = await temporaryFolder();
  const upstream = await reflectingUpstream();
  const log: string[] = [];
  const env = { HOME: folder.path, CANARY: canaries.variable, PATH: process.env['PATH'] };
  const settings = resolveSettings(
    daemonSettings,
    { port: '0', 'trust-store': join(folder.path, 'trust') },
    { CLARITY_ENABLE_MCP_PROVISIONING: provisioning, CLARITY_ENABLE_MCP_COMMANDS: '1' },
  );
  const daemon = await compose({
    settings,
    workspace: folder.path,
    env,
    ready: () => true,
    log: (line) => log.push(line),
  });
  const { url } = await daemon.server.listen();
  const { secrets, services } = daemon.runtime;
  const hosts = { hosts: [upstream.host] };
  for (const name of ['bearer', 'headerSecret', 'querySecret', 'urlSecret'] as const) {
    await secrets.set(embeddedCaller, `file:${name}`, canaries[name], hosts);
  }
  for (const name of ['argument', 'envSecret'] as const) {
    await secrets.set(embeddedCaller, `file:${name}`, canaries[name], { services: ['near'] });
  }
  const program = join(folder.path, 'child.mjs');
  await writeFile(program, CHILD_PROGRAM);
  const idOf = async (module: string, origin: object): Promise<string> => {
    const { serviceId } = (await services.apply(embeddedCaller, manifestOf(module, origin))).service;
    const { status } = await services.start(embeddedCaller, serviceId);
    expect(status).toMatchObject({ lifecycle: 'RUNNING' });
    return serviceId;
  };
  const remoteId = await idOf('far', remoteOrigin(upstream.url));
  const childId = await idOf('near', childOrigin(program));
  const send = (path: string, init?: RequestInit): Promise<string> => sent(url + path, init);
  const post = (path: string, body: object): Promise<string> => send(path, withBody('POST', body));
  return {
    daemon,
    upstream,
    folder: folder.path,
    url,
    remoteId,
    childId,
    log,
    send,
    post,
    mcp: (method, params, path = '/mcp') => post(path, { jsonrpc: '2.0', id: 1, method, params }),
    close: async () => {
      await daemon.server.close();
      await daemon.audits.close(100);
      await daemon.runtime.close();
      upstream.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Returns a request with a JSON body. */
export const withBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify(body),
});

async function sent(address: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(address, { ...init, redirect: 'manual' });
  const headers: string[] = [];
  response.headers.forEach((value, name) => headers.push(`${name}: ${value}`));
  const head = JSON.stringify([response.status, headers]);
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
    return head + (await response.text());
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return head + Buffer.from(value ?? []).toString();
}

/** Fails with place and name of each canary that a text shows in any encoding. */
export function assertNone(shown: readonly Shown[]): void {
  expect(shown.flatMap(([place, text]) => canariesIn(text, canaries).map((name) => [place, name]))).toEqual([]);
}
