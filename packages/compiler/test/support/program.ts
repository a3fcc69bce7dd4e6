import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { hostFunctions } from './host-functions.ts';
import type { MapTable } from './host-maps.ts';
import { Marshal, type Value } from './marshal.ts';
import { GuestMemory } from './memory.ts';

export interface Program {
  readonly wasm: Uint8Array;
  readonly document: InterfaceDocument;
  /** Output and assertions of the program. */
  readonly log: readonly string[];
  /** Names of the imported host functions in order. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly call: (name: string, ...args: readonly Value[]) => Value;
  /** Calls a function without conversions, also one that the document does not list. */
  readonly raw: (name: string, ...args: readonly (number | bigint)[]) => unknown;
}

/** Compiles declarations with an added module line and instantiates them with the test host. */
export function program(declarations: string): Program {
  const text = declarations.startsWith('module ') ? declarations : `module sample\n${declarations}`;
  const compilation = compile({ file: 'sample.clarity', text });
  if (!compilation.ok) throw new Error(compilation.diagnostics.map(formatDiagnostic).join('\n'));
  const { wasm, document } = compilation;
  const bytes = new Uint8Array(wasm);
  if (!WebAssembly.validate(bytes)) new WebAssembly.Module(bytes);
  return start(bytes, document);
}

function start(wasm: Uint8Array<ArrayBuffer>, document: InterfaceDocument): Program {
  const module = new WebAssembly.Module(wasm);
  const memory = new GuestMemory();
  const log: string[] = [];
  const maps: MapTable = [];
  const table = hostFunctions(memory, log, maps) as Record<string, WebAssembly.ImportValue>;
  const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
  const env = Object.fromEntries(imports.map((name) => [name, table[name] ?? missing(name)]));
  const { exports } = new WebAssembly.Instance(module, { env });
  memory.attach(exports['memory'] as WebAssembly.Memory, (exports['__heap_base'] as WebAssembly.Global<'i32'>).value);
  const marshal = new Marshal(memory, document, maps);
  const raw = (name: string, ...args: readonly (number | bigint)[]): unknown =>
    (exports[name] as (...args: unknown[]) => unknown)(...args);
  return {
    wasm,
    document,
    log,
    imports,
    exports: Object.keys(exports),
    raw,
    call: (name, ...args) => {
      const signature = document.functions.find((candidate) => candidate.name === name);
      if (signature === undefined) throw new Error(`the document has no ${name}`);
      const cores = signature.params.map(({ type }, index) => marshal.write(type, args[index]));
      return marshal.read(
        signature.result,
        raw(name, ...(cores as (number | bigint)[])) as number | bigint | undefined,
      );
    },
  };
}

function missing(name: string): never {
  throw new Error(`the test host has no ${name}`);
}

/** Returns the result of `function f() -> type { body }`. */
export const evaluate = (type: string, body: string, declarations = ''): Value =>
  program(`${declarations}\nfunction f() -> ${type} { ${body} }`).call('f');
