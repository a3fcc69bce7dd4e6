import type { ClarityField, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import type { MapTable } from './host-maps.ts';
import type { GuestMemory } from './memory.ts';

/** Int64 and Timestamp as bigint, Bytes as text, Map as a list of `[key, value]`, Option as `{ some }` or null, Result as `{ ok }` or `{ err }`, unions as `{ tag, …fields }`. */
export type Value =
  bigint | number | boolean | string | null | undefined | readonly Value[] | { readonly [name: string]: Value };

type Core = number | bigint | undefined;

interface VariantShape {
  readonly name: string;
  readonly fields: readonly ClarityField[];
}

/** Writes and reads values in the memory of a module by the ABI layouts, independently of the compiler. */
export class Marshal {
  readonly #memory: GuestMemory;
  readonly #document: InterfaceDocument;
  readonly #maps: MapTable;

  constructor(memory: GuestMemory, document: InterfaceDocument, maps: MapTable) {
    this.#memory = memory;
    this.#maps = maps;
    this.#document = document;
  }

  write(type: ClarityType, value: Value): Core {
    switch (type.kind) {
      case 'Int64':
      case 'Timestamp':
      case 'Float64':
        return value as bigint | number;
      case 'Bool':
        return Number(value);
      case 'String':
      case 'Bytes':
        return this.#memory.putText(value as string);
      case 'List': {
        const items = value as readonly Value[];
        const cores = items.map((item) => this.write(type.element, item));
        const stride = Math.max(4, sizeOf(type.element));
        const address = this.#memory.alloc(4 + stride * items.length);
        this.#memory.view.setInt32(address, items.length, true);
        for (const [index, core] of cores.entries()) this.#put(address + 4 + stride * index, core, type.element);
        return address;
      }
      default:
        return this.#writeFields(type, value);
    }
  }

  read(type: ClarityType, core: Core): Value {
    switch (type.kind) {
      case 'Unit':
        return undefined;
      case 'Bool':
        return core === 1 ? true : core === 0 ? false : `a Bool that is ${String(core)}`;
      case 'String':
      case 'Bytes':
        return this.#memory.text(Number(core));
      case 'List': {
        const stride = Math.max(4, sizeOf(type.element));
        const count = this.#memory.view.getInt32(Number(core), true);
        return Array.from({ length: count }, (_, index) => this.#get(Number(core) + 4 + stride * index, type.element));
      }
      case 'Int64':
      case 'Timestamp':
      case 'Float64':
        return core;
      case 'Map':
        return [...(this.#maps[Number(core) - 1] ?? [])].map(([key, bits]) => [key, this.#fromBits(type.value, bits)]);
      default:
        return this.#readFields(type, Number(core));
    }
  }

  #fromBits(type: ClarityType, bits: number | bigint): Value {
    return type.kind === 'Float64' ? new Float64Array(BigInt64Array.of(BigInt(bits)).buffer)[0] : this.read(type, bits);
  }

  #readFields(type: ClarityType, address: number): Value {
    const fieldsAt = (fields: readonly ClarityField[], start: number): Record<string, Value> =>
      Object.fromEntries(layOut(fields, start).map(({ field, at }) => [field.name, this.#get(at, field.type)]));
    const record = this.#record(type);
    if (record !== undefined) return fieldsAt(record, address);
    const variant = this.#variants(type)[this.#memory.view.getInt32(address, true)];
    if (variant === undefined) throw new Error('a tag that no variant has');
    const fields = fieldsAt(variant.fields, address + 8);
    if (type.kind === 'Option') return variant.name === 'Some' ? { some: fields['value'] } : null;
    if (type.kind === 'Result') return variant.name === 'Ok' ? { ok: fields['value'] } : { err: fields['error'] };
    return { tag: variant.name, ...fields };
  }

  #writeFields(type: ClarityType, value: Value): number {
    const given = value as Record<string, Value>;
    const record = this.#record(type);
    if (record !== undefined) return this.#build(record, given, 0, undefined);
    const variants = this.#variants(type);
    const tag = variants.findIndex(({ name }) => name === nameOf(type, value));
    const variant = variants[tag];
    if (variant === undefined) throw new Error('no such variant');
    const [only] = variant.fields;
    const fields = type.kind === 'Named' || only === undefined ? given : { [only.name]: Object.values(given)[0] };
    return this.#build(variant.fields, fields, 8, tag);
  }

  #build(
    fields: readonly ClarityField[],
    given: Record<string, Value>,
    start: number,
    tag: number | undefined,
  ): number {
    const cores = fields.map(({ name, type }) => this.write(type, given[name]));
    const address = this.#memory.alloc(start + 8 * fields.length);
    if (tag !== undefined) this.#memory.view.setInt32(address, tag, true);
    for (const [index, { field, at }] of layOut(fields, address + start).entries())
      this.#put(at, cores[index], field.type);
    return address;
  }

  #record(type: ClarityType): readonly ClarityField[] | undefined {
    const definition = type.kind === 'Named' ? this.#document.types[type.name] : undefined;
    return definition?.kind === 'record' ? definition.fields : undefined;
  }

  #variants(type: ClarityType): readonly VariantShape[] {
    if (type.kind === 'Option')
      return [
        { name: 'Some', fields: [{ name: 'value', type: type.value }] },
        { name: 'None', fields: [] },
      ];
    if (type.kind === 'Result') {
      const ok = { name: 'Ok', fields: [{ name: 'value', type: type.ok }] };
      return [ok, { name: 'Err', fields: [{ name: 'error', type: type.error }] }];
    }
    const definition = type.kind === 'Named' ? this.#document.types[type.name] : undefined;
    return definition?.kind === 'union' ? definition.variants : [];
  }

  #get(at: number, type: ClarityType): Value {
    const { view } = this.#memory;
    if (type.kind === 'Unit') return undefined;
    if (type.kind === 'Float64') return view.getFloat64(at, true);
    return this.read(type, isWhole(type) ? view.getBigInt64(at, true) : view.getInt32(at, true));
  }

  #put(at: number, core: Core, type: ClarityType): void {
    const { view } = this.#memory;
    if (type.kind === 'Float64') view.setFloat64(at, Number(core), true);
    else if (typeof core === 'bigint') view.setBigInt64(at, core, true);
    else if (core !== undefined) view.setInt32(at, core, true);
  }
}

function nameOf(type: ClarityType, value: Value): Value {
  if (type.kind === 'Option') return value === null ? 'None' : 'Some';
  const given = value as Record<string, Value>;
  if (type.kind === 'Result') return 'ok' in given ? 'Ok' : 'Err';
  return given['tag'];
}

const isWhole = ({ kind }: ClarityType): boolean => kind === 'Int64' || kind === 'Timestamp';

const sizeOf = (type: ClarityType): number =>
  isWhole(type) || type.kind === 'Float64' ? 8 : type.kind === 'Unit' ? 0 : 4;

/** Returns the offset of each field: the next multiple of its size. */
function layOut(
  fields: readonly ClarityField[],
  start: number,
): readonly { readonly field: ClarityField; readonly at: number }[] {
  let end = 0;
  return fields.map((field) => {
    const size = sizeOf(field.type);
    const offset = size === 8 ? Math.ceil(end / 8) * 8 : end;
    end = offset + size;
    return { field, at: start + offset };
  });
}
