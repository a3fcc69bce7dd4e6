import { componentTranspiler } from '@clarity-runtime/adapter-component';
import type { ComponentGrants, EngineInstance, EngineProgram, GuestProgram } from '@clarity-runtime/core/ports';
import { engine } from '../../src/engine/main.ts';
import { componentOf } from './components.ts';

const transpiler = componentTranspiler();
const { signal } = new AbortController();

/** Returns the program of a component in the text format. */
export const programOf = async (text: string, grants: ComponentGrants = {}): Promise<GuestProgram> =>
  transpiler.prepare(await componentOf(text), grants, signal);

export interface OpenProgram {
  readonly program: EngineProgram;
  readonly instance: EngineInstance;
  readonly lines: readonly string[];
}

/** Opens a component in this thread, without the guard of a host. */
export async function openHere(text: string, grants: ComponentGrants = {}): Promise<OpenProgram> {
  const { data } = await programOf(text, grants);
  const program = engine.load(data, {
    maxMemoryBytes: 64 << 20,
    maxResultBytes: 1 << 20,
    guard: (module) => ({ bytes: Uint8Array.from(module), hasMemory: true, keepsState: true }),
  });
  const lines: string[] = [];
  return { program, lines, instance: engine.open(program.state, (line) => lines.push(line)) };
}

/** `value 5`, `err "no"`, `WASM_TRAP unreachable`. */
export function outcomeOf(
  instance: EngineInstance,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): string {
  const reply = instance.call(name, exactJson(args), 1_000);
  return reply.type === 'failure' ? `${reply.code} ${reply.message}` : `${reply.type} ${reply.json}`;
}

type Json = Parameters<EngineInstance['call']>[1];

/** Returns a value of JSON.parse in the form that hosts give to engines. */
export function exactJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(exactJson);
  if (typeof value !== 'object' || value === null) return value as Json;
  return new Map(Object.entries(value).map(([name, member]) => [name, exactJson(member)]));
}
