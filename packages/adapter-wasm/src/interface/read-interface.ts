import { ClarityError, type ClarityType, type InterfaceDocument } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { z } from 'zod';

/** Maximum size of an interface document in bytes. */
export const MAX_INTERFACE_BYTES = 1 << 20;
const MAX_ENTRIES = 1_000;
const MAX_TYPE_DEPTH = 16;

const name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
  .refine((text) => text !== '__proto__');
const text = z.string().max(256);
const doc = z.string().max(16_384).optional();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const type: z.ZodType<ClarityType> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['Int64', 'Float64', 'Bool', 'String', 'Unit', 'Bytes', 'Timestamp']) }),
    z.object({ kind: z.enum(['Int32', 'UInt32', 'Float32']) }),
    z.object({ kind: z.literal('List'), element: type }),
    z.object({ kind: z.literal('Option'), value: type }),
    z.object({ kind: z.literal('Result'), ok: type, error: type }),
    z.object({ kind: z.literal('Map'), key: type, value: type }),
    z.object({ kind: z.literal('Named'), name }),
  ]),
);
const fields = z.array(z.object({ name, type })).max(MAX_ENTRIES);
const definition = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('record'), fields }),
  z.object({ kind: z.literal('union'), variants: z.array(z.object({ name, fields })).max(MAX_ENTRIES) }),
]);

const document = z.object({
  abi: z.literal(1),
  module: text,
  doc,
  compiler: z.object({ kind: z.enum(['embedded', 'external']), name: text, version: text }),
  sourceSha256: sha256,
  wasmSha256: sha256,
  functions: z
    .array(z.object({ name, doc, effects: z.array(text).max(64), params: fields, result: type }))
    .max(MAX_ENTRIES),
  types: z.record(name, definition),
});

/** Reads an interface document. @throws ClarityError INTERFACE_MISMATCH when it is not well-formed. */
export function readInterface(bytes: Uint8Array): InterfaceDocument {
  const value = parse(bytes);
  if (isDeep(value)) throw mismatch('its types are nested too deeply');
  const read = document.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw mismatch(`${issue?.path.join('.') ?? ''} is not what it should be`);
  }
  // A document comes from JSON, which has no `undefined`.
  const interfaceDocument = read.data as InterfaceDocument;
  checkNames(interfaceDocument);
  return interfaceDocument;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw mismatch('it is not JSON');
  }
}

/** Levels that the members of a type add to the depth of the document around them. */
const AROUND_TYPES = 8;

function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_TYPE_DEPTH + AROUND_TYPES) return true;
    level = level.flatMap((entry) => members(entry));
  }
  return false;
}

const members = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

function checkNames({ functions, types }: InterfaceDocument): void {
  if (Object.keys(types).length > MAX_ENTRIES) throw mismatch(`it has more than ${String(MAX_ENTRIES)} types`);
  const seen = new Set<string>();
  for (const { name: entry, params } of functions) {
    if (seen.has(entry)) throw mismatch(`it has the function ${entry} twice`);
    seen.add(entry);
    if (new Set(params.map((param) => param.name)).size < params.length) {
      throw mismatch(`the function ${entry} has a parameter twice`);
    }
  }
  for (const used of namedIn([functions, types])) {
    if (!Object.hasOwn(types, used)) throw mismatch(`it uses the type ${used}, which it does not define`);
  }
}

function namedIn(value: unknown): readonly string[] {
  const { kind, name: own } = (value ?? {}) as { readonly kind?: unknown; readonly name?: unknown };
  const named = kind === 'Named' && typeof own === 'string' ? [own] : [];
  return [...named, ...members(value).flatMap(namedIn)];
}

const mismatch = (reason: string): ClarityError => new ClarityError('INTERFACE_MISMATCH', toPrintableAscii(reason));
