import { Buffer } from 'node:buffer';
import process from 'node:process';
import { $init, generate } from '@bytecodealliance/jco-transpile/component';
import { contractOf } from '../contract/component-contract.ts';
import { ComponentRefusal } from '../decoder/component-bytes.ts';
import { readComponent } from '../decoder/read-component.ts';
import { encodeProgram } from '../engine/component-program.ts';
import { foreignImports } from '../wasi/wasi-grants.ts';
import { Outcome } from './outcome.ts';

// The program of the transpiler: the component on standard input, the outcome on standard output, then the end.

const GENERATE = {
  name: 'component',
  noTypescript: true,
  instantiation: { tag: 'sync' },
  noNodejsCompat: true,
  // Otherwise the `err` of a result is thrown as it is, and cannot be told from a bug.
  noComponentErrorWrapping: false,
} as const;
const MAX_SHOWN_IMPORTS = 20;

/** Returns the program of a component without grants. @throws ComponentRefusal, and errors of the transpiler. */
async function transpile(component: Uint8Array): Promise<Uint8Array> {
  const contract = contractOf(readComponent(component));
  const foreign = foreignImports(contract.imports);
  if (foreign.length > 0) {
    const names = foreign.slice(0, MAX_SHOWN_IMPORTS).join(', ');
    throw new ComponentRefusal(`it imports what this runtime does not have: ${names}`);
  }
  await $init;
  const { files } = generate(component, GENERATE);
  const glue = files.find(([name]) => name.endsWith('.js'))?.[1];
  if (glue === undefined) throw new ComponentRefusal('the transpiler wrote no code');
  const modules = files.filter(([name]) => name.endsWith('.wasm')).map(([name, bytes]) => ({ name, bytes }));
  return encodeProgram({ contract, glue: Buffer.from(glue).toString('utf8'), modules, grants: {} });
}

async function run(): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  let kind: number = Outcome.program;
  let payload: Uint8Array;
  try {
    payload = await transpile(Buffer.concat(parts));
  } catch (error) {
    kind = Outcome.refused;
    payload = Buffer.from(reasonOf(error));
  }
  process.stdout.write(Buffer.concat([Buffer.of(kind), payload]));
}

const MAX_REASON = 2_000;

function reasonOf(error: unknown): string {
  if (error instanceof ComponentRefusal) return error.message;
  const payload: unknown = error instanceof Error && 'payload' in error ? error.payload : error;
  const text = typeof payload === 'string' ? payload : payload instanceof Error ? payload.message : 'it failed';
  return `the transpiler rejects it: ${text.slice(0, MAX_REASON)}`;
}

await run();
