import { toJavaScriptName } from '../contract/javascript-name.ts';
import type { ValueDefinition } from '../decoder/definition.ts';

/** The result has more bytes of JSON than the limit. */
export class ResultTooLarge extends Error {
  override readonly name = 'ResultTooLarge';
}

/** Collects JSON text up to a number of bytes. */
class JsonText {
  readonly #maxBytes: number;
  readonly #parts: string[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** Rejects a text of at least this many bytes before it is built. */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new ResultTooLarge(`the result is larger than ${String(this.#maxBytes)} bytes`);
    }
  }

  add(json: string): void {
    this.reserve(json.length);
    this.#bytes += Buffer.byteLength(json);
    this.reserve(0);
    this.#parts.push(json);
  }
}

/** Returns the JSON of a result in the form of transpiled components. @throws ResultTooLarge. */
export function writeResult(type: ValueDefinition, value: unknown, maxBytes: number): string {
  const json = new JsonText(maxBytes);
  write(json, type, value);
  return json.text;
}

type Members = Readonly<Record<string, unknown>>;

function write(json: JsonText, type: ValueDefinition, value: unknown): void {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'enum':
      json.reserve((value as string).length);
      json.add(JSON.stringify(value));
      return;
    case 'f32':
    case 'f64':
      json.add(Number.isFinite(value) ? JSON.stringify(value) : `"${String(value)}"`);
      return;
    case 's64':
    case 'u64':
      json.add(exact(value as bigint));
      return;
    case 'list':
      writeList(json, type, value);
      return;
    case 'tuple':
      writeItems(json, type.items, value as readonly unknown[]);
      return;
    case 'record':
      writeMembers(
        json,
        type.fields.map(({ name, type: field }) => [name, field, (value as Members)[toJavaScriptName(name)]]),
      );
      return;
    case 'variant': {
      const { tag, val } = value as { readonly tag: string; readonly val?: unknown };
      const found = type.cases.find(({ name }) => name === tag)?.type;
      json.add(`{"tag":${JSON.stringify(tag)}`);
      if (found !== undefined) {
        json.add(',"val":');
        write(json, found, val);
      }
      json.add('}');
      return;
    }
    case 'flags': {
      const set = type.names.filter((name) => (value as Members)[toJavaScriptName(name)] === true);
      json.add(JSON.stringify(set));
      return;
    }
    case 'option':
      writeOption(json, type.value, value);
      return;
    case 'result': {
      const { tag, val } = value as { readonly tag: 'ok' | 'err'; readonly val?: unknown };
      const inner = tag === 'ok' ? type.ok : type.err;
      json.add(`{"${tag}":`);
      if (inner === undefined) json.add('null');
      else write(json, inner, val);
      json.add('}');
      return;
    }
    default:
      json.add(JSON.stringify(value));
  }
}

/** An integer beyond 2^53 is its digits in a string, because most clients read JSON numbers as doubles. */
const exact = (integer: bigint): string =>
  integer >= BigInt(Number.MIN_SAFE_INTEGER) && integer <= BigInt(Number.MAX_SAFE_INTEGER)
    ? String(integer)
    : `"${String(integer)}"`;

function writeList(
  json: JsonText,
  { element, length }: ValueDefinition & { readonly kind: 'list' },
  value: unknown,
): void {
  if (element.kind === 'u8' && length === undefined) {
    const bytes = value as Uint8Array;
    json.reserve((bytes.length * 4) / 3);
    json.add(`"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')}"`);
    return;
  }
  const items = value as ArrayLike<unknown>;
  json.add('[');
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) json.add(',');
    write(json, element, items[index]);
  }
  json.add(']');
}

function writeItems(json: JsonText, types: readonly ValueDefinition[], values: readonly unknown[]): void {
  json.add('[');
  types.forEach((type, index) => {
    if (index > 0) json.add(',');
    write(json, type, values[index]);
  });
  json.add(']');
}

function writeMembers(json: JsonText, members: readonly (readonly [string, ValueDefinition, unknown])[]): void {
  json.add('{');
  members.forEach(([name, type, value], index) => {
    json.add(`${index > 0 ? ',' : ''}${JSON.stringify(name)}:`);
    write(json, type, value);
  });
  json.add('}');
}

function writeOption(json: JsonText, type: ValueDefinition, value: unknown): void {
  if (type.kind !== 'option') {
    if (value === undefined) json.add('null');
    else write(json, type, value);
    return;
  }
  const { tag, val } = value as { readonly tag: string; readonly val?: unknown };
  if (tag !== 'some') {
    json.add('null');
    return;
  }
  json.add('{"some":');
  write(json, type, val);
  json.add('}');
}
