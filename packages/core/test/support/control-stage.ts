import { createHash } from 'node:crypto';
import {
  ClarityError,
  createRuntime,
  grantOf,
  type Caller,
  type Verb,
  type Runtime,
  type RuntimeAdapters,
  type RuntimeOptions,
  type ServiceRecord,
} from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { ArtifactCleaner, Compiler, Workspace } from '@clarity-runtime/core/ports';
import { FakeConnector } from './fake-connector.ts';
import { agent, ask, resultOf } from './speak.ts';
import { plainEntropy } from './supervised.ts';

export const withGrants = (...verbs: readonly Verb[]): Caller => ({ ...agent, grants: [grantOf(...verbs)] });
export const provisioner = withGrants('read', 'call', 'inspect', 'operate', 'provision', 'secrets');

/** A workspace in memory with the root `/ws`. */
export class FakeWorkspace implements Workspace {
  readonly root = '/ws';
  readonly files = new Map<string, string | Uint8Array>();
  readonly removed: string[] = [];

  locate(path: string): Promise<string> {
    const full = path.startsWith('/') ? path : `/ws/${path}`;
    return full.startsWith('/ws/') && !full.includes('..')
      ? Promise.resolve(full)
      : Promise.reject(new ClarityError('PATH_FORBIDDEN', path));
  }

  /** Contents of files by absolute path, for digests. */
  readonly contents = new Map<string, string>();

  digest(path: string): Promise<string> {
    return Promise.resolve(
      createHash('sha256')
        .update(this.contents.get(path) ?? '')
        .digest('hex'),
    );
  }

  sources({ dir, limit }: { dir: string; limit: number }): Promise<{ total: number; files: readonly string[] }> {
    if (dir !== '.') return Promise.reject(new ClarityError('PATH_FORBIDDEN', dir));
    const files = ['a.clarity', 'lib/b.clarity'];
    return Promise.resolve({ total: files.length, files: files.slice(0, limit) });
  }

  excerpt(path: string, maxChars: number): Promise<string> {
    return Promise.resolve(`module of ${path}`.slice(0, maxChars));
  }

  scaffold(
    contents: ReadonlyMap<string, string | Uint8Array>,
    { overwrite }: { overwrite: boolean },
  ): Promise<{ written: readonly string[]; undo: () => Promise<void> }> {
    const there = [...contents.keys()].find((path) => this.files.has(path));
    if (there !== undefined && !overwrite) return Promise.reject(new ClarityError('FILE_EXISTS', there));
    for (const [path, content] of contents) this.files.set(path, content);
    const undo = (): Promise<void> => {
      for (const path of contents.keys()) this.files.delete(path);
      return Promise.resolve();
    };
    return Promise.resolve({ written: [...contents.keys()], undo });
  }
}

export const fakeCompiler: Compiler = {
  name: 'embedded',
  state: () => Promise.resolve({ available: true, version: '1.2.3' }),
  compile: ({ text }) => Promise.resolve({ ok: true, wasm: new TextEncoder().encode(text) }),
};

export interface ControlStage extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly connector: FakeConnector;
  readonly workspace: FakeWorkspace;
  readonly clock: ManualClock;
  /** Calls `runtime__<name>`. Returns the result. */
  result(name: string, args?: object, caller?: Caller): Promise<Record<string, unknown>>;
  /** Calls `runtime__<name>`. Returns the structured content, or throws for a tool error. */
  call(name: string, args?: object, caller?: Caller): Promise<Record<string, unknown>>;
  /** Calls `runtime__<name>`. Returns code and text of the tool error, or throws without one. */
  refused(name: string, args?: object, caller?: Caller): Promise<{ readonly code: string; readonly text: string }>;
}

const cleanerOf = ({ removed }: FakeWorkspace): ArtifactCleaner => ({
  cleanUp: (service, others) => {
    const path = pathOf(service);
    if (path === undefined) return Promise.resolve({ removed: [], left: [] });
    if (others.some((other) => pathOf(other) === path)) {
      return Promise.resolve({ removed: [], left: [{ path, reason: 'another service uses it' }] });
    }
    removed.push(path);
    return Promise.resolve({ removed: [path], left: [] });
  },
});

const pathOf = ({ manifest: { spec } }: ServiceRecord): string | undefined =>
  spec.origin.type === 'local_wasm' ? spec.origin.wasmPath : undefined;

/** Returns a runtime with control tools over fake adapters. */
export async function controlStage(
  options: RuntimeOptions = {},
  adapters: RuntimeAdapters = {},
): Promise<ControlStage> {
  const connector = new FakeConnector();
  const workspace = new FakeWorkspace();
  const clock = new ManualClock();
  const runtime = await createRuntime(
    {
      connectors: [connector],
      workspace,
      cleaner: cleanerOf(workspace),
      compiler: fakeCompiler,
      clock,
      entropy: plainEntropy(),
      ...adapters,
    },
    { controlTools: true, words: 'program', ...options },
  );
  const result: ControlStage['result'] = async (name, args = {}, caller = agent) =>
    resultOf(
      await ask(
        runtime,
        'tools/call',
        { name: name.includes('__') ? name : `runtime__${name}`, arguments: args },
        { caller },
      ),
    );
  return {
    runtime,
    connector,
    workspace,
    clock,
    result,
    call: async (name, args, caller) => {
      const answer = await result(name, args, caller);
      if (answer['isError'] === true) throw new Error(`refused: ${textOf(answer)}`);
      return answer['structuredContent'] as Record<string, unknown>;
    },
    refused: async (name, args, caller) => {
      const answer = await result(name, args, caller);
      const meta = answer['_meta'] as Record<string, { code: string }> | undefined;
      if (answer['isError'] !== true) throw new Error(`not refused: ${textOf(answer)}`);
      return { code: meta?.['clarity/error']?.code ?? '', text: textOf(answer) };
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

const textOf = ({ content }: Record<string, unknown>): string => (content as { text: string }[])[0]?.text ?? '';
