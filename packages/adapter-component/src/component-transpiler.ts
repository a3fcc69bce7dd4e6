import { fileURLToPath, URL } from 'node:url';
import { ClarityError } from '@clarity-runtime/core';
import type {
  ComponentContents,
  ComponentGrants,
  ComponentTranspiler,
  Egress,
  GuestProgram,
  NetworkGrant,
} from '@clarity-runtime/core/ports';
import { decodeProgram, encodeProgram } from './engine/component-program.ts';
import { EgressListener, type EgressAddress } from './network/egress-listener.ts';
import { functionSchemas } from './contract/type-schema.ts';
import { ProgramCache } from './transpiler/program-cache.ts';
import { transpile } from './transpiler/transpile.ts';
import { neededGrants, type WasiGrants } from './wasi/wasi-grants.ts';

/** The built engine, from src and from dist. */
const ENGINE = fileURLToPath(new URL('../dist/engine/main.cjs', import.meta.url));
/** The built thread of requests of components. */
const THREAD = fileURLToPath(new URL('../dist/network/egress-thread.cjs', import.meta.url));
const DEADLINE_MS = 30_000;
/** Maximum number of components that are transpiled at once. */
const MAX_AT_ONCE = 2;

/** Settings of `componentTranspiler`. */
export interface ComponentTranspilerOptions {
  /** Folder of transpiled components; none are kept without it. It must not be a part of a workspace. */
  readonly cacheFolder?: string;
  /** Milliseconds of one transpilation. Default: 30,000. */
  readonly deadlineMs?: number;
  /** Sends the HTTP requests of components. Without it a component with a network is refused. */
  readonly egress?: Egress;
}

/** Returns a transpiler for WebAssembly components (WASI 0.2). */
export function componentTranspiler(options: ComponentTranspilerOptions = {}): ComponentTranspiler {
  const { cacheFolder, deadlineMs = DEADLINE_MS, egress } = options;
  const cache = cacheFolder === undefined ? undefined : new ProgramCache(cacheFolder);
  const places = new Places(MAX_AT_ONCE);
  const listener = egress === undefined ? undefined : new EgressListener(egress);

  async function programOf(component: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const cached = await cache?.read(component);
    if (cached !== undefined) return cached;
    const program = await places.run(() => transpile(component, { signal, deadlineMs }));
    await cache?.write(component, program);
    return program;
  }

  return {
    prepare: async (component, grants, signal): Promise<GuestProgram> => {
      const program = decodeProgram(await programOf(component, signal));
      return { engine: ENGINE, data: encodeProgram({ ...program, grants: await wasiGrants(grants, listener) }) };
    },
    inspect: async (component, signal): Promise<ComponentContents> => {
      const { contract } = decodeProgram(await programOf(component, signal));
      const { grants, never } = neededGrants(contract.imports);
      return {
        functions: contract.functions.map((fn) => ({ name: fn.name, ...functionSchemas(fn) })),
        leftOut: contract.leftOut,
        imports: contract.imports,
        grants,
        denied: never,
      };
    },
    close: async () => listener?.close(),
  };
}

/** @throws ClarityError MANIFEST_INVALID without a network to grant, RESOURCE_EXHAUSTED without a socket for it. */
async function wasiGrants(
  { files, network, ...rest }: ComponentGrants,
  listener: EgressListener | undefined,
): Promise<WasiGrants> {
  return {
    ...rest,
    ...(files === undefined ? {} : { folders: files }),
    ...(network === undefined
      ? {}
      : { network: { ...network, ...(await addressOf(network, listener)), thread: THREAD } }),
  };
}

async function addressOf(network: NetworkGrant, listener: EgressListener | undefined): Promise<EgressAddress> {
  if (listener === undefined) {
    throw new ClarityError('MANIFEST_INVALID', 'this runtime has no network for components', {
      field: 'spec.capabilities.network',
      hint: 'remove it, or set egress of componentTranspiler',
    });
  }
  try {
    return await listener.addressOf(network);
  } catch (error) {
    throw new ClarityError('RESOURCE_EXHAUSTED', 'a socket for the network of a component', { cause: error });
  }
}

/** Runs a bounded number of tasks at once. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<Value>(task: () => Promise<Value>): Promise<Value> {
    if (this.#free > 0) this.#free -= 1;
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
