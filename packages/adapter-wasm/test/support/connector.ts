import { expect } from '@jest/globals';
import { localWasmConnector } from '@clarity-runtime/adapter-wasm';
import { ClarityError, RawJson, type Manifest, type McpReply, type Service } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { MemoryArtifactStore } from '@clarity-runtime/core/memory';
import type { ArtifactSource, Connection, ServiceConnector, WasmHost } from '@clarity-runtime/core/ports';
import { roomy, testHost } from './host.ts';
import { sampleDocument, sampleWasm } from './sample-service.ts';

export const PATH = '/build/sample.wasm';

export function manifestOf(artifactSha256?: string, timeoutMs = 30_000): Manifest {
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: {
      sourceFile: '/src/sample.clarity',
      module: 'Sample',
      ...(artifactSha256 === undefined ? {} : { artifactSha256 }),
    },
    spec: {
      origin: { type: 'local_wasm', wasmPath: PATH, entry: 'mcp_main', timeoutMs },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
    },
  };
}

/** Files that a test can change. */
export class Files implements ArtifactSource {
  readonly files = new Map<string, Uint8Array>();

  constructor(wasm: Uint8Array, document?: unknown) {
    this.files.set(PATH, wasm);
    if (document !== undefined) this.files.set('/build/sample.interface.json', RawJson.of(document).bytes);
  }

  read(path: string): Promise<Uint8Array> {
    const file = this.files.get(path);
    return file === undefined ? Promise.reject(new ClarityError('ARTIFACT_UNREADABLE', path)) : Promise.resolve(file);
  }

  readOptional(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(path));
  }
}

export const withFiles = (source: ArtifactSource, host: WasmHost = testHost()): ServiceConnector =>
  localWasmConnector({ host, artifacts: new MemoryArtifactStore(), source, defaults: roomy });

export interface Opened {
  readonly connection: Connection;
  readonly lines: string[];
  readonly lost: string[];
}

export async function open(connector: ServiceConnector, manifest = manifestOf()): Promise<Opened> {
  const artifact = await connector.admit(manifest);
  const identity = { schema: 1, serviceId: deriveServiceId(manifest), namespace: 'sample', revision: '1' } as const;
  const service: Service = { ...identity, manifest, ...(artifact === undefined ? {} : { artifact }) };
  const lines: string[] = [];
  const lost: string[] = [];
  const events = {
    onListChanged: () => undefined,
    onLog: (line: string) => lines.push(line),
    onClose: (why: string) => lost.push(why),
  };
  return { connection: await connector.connect(service, events, new AbortController()), lines, lost };
}

export const sample = (document: unknown = sampleDocument): Promise<Opened> =>
  open(withFiles(new Files(sampleWasm, document)));

export function ask(
  connection: Connection,
  method: string,
  params: Record<string, string> = {},
  over: { maxReplyBytes?: number; totalMs?: number } = {},
): Promise<McpReply> {
  return connection.request(
    { method, params: new Map(Object.entries(params).map(([name, json]) => [name, RawJson.fromText(json)])) },
    {
      signal: new AbortController().signal,
      idleMs: 0,
      totalMs: over.totalMs ?? 0,
      maxReplyBytes: over.maxReplyBytes ?? 1 << 20,
      onNotification: () => undefined,
      onRequest: () => Promise.resolve({ error: { code: -32601, message: 'no' } }),
      onSent: () => undefined,
    },
  );
}

/** Returns the text of the result of a call. An error reply fails the test. */
export async function say(connection: Connection, tool: string, args = '{}'): Promise<string> {
  const reply = await ask(connection, 'tools/call', { name: JSON.stringify(tool), arguments: args });
  if ('error' in reply) throw new Error(reply.error.message);
  expect(JSON.parse(reply.result.text)).toEqual(reply.result.value);
  return reply.result.text;
}

export const text = (value: string): string => `"content":[{"type":"text","text":${JSON.stringify(value)}}]`;
