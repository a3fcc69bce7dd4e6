import { Buffer } from 'node:buffer';
import { refusalOfField } from '../network/request-rules.ts';
import { HostError } from './wasi-error.ts';

type Entry = readonly [name: string, value: Uint8Array];

/** Bytes of all names and values of one list of fields. */
const MAX_BYTES = 32_768;

const headerError = (tag: string): HostError => new HostError({ tag });

/** Header fields (`wasi:http/types`, resource `fields`). Names are compared in lower case. */
export class Fields {
  #entries: Entry[] = [];
  #isFixed = false;

  static fromList(entries: readonly Entry[]): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  /** Returns fields that cannot change: those of a sent request and of a response. */
  static received(headers: readonly (readonly [name: string, value: string])[]): Fields {
    const fields = new Fields();
    fields.#entries = headers.map(([name, value]) => [name, Uint8Array.from(Buffer.from(value, 'latin1'))]);
    fields.fix();
    return fields;
  }

  fix(): void {
    this.#isFixed = true;
  }

  /** The fields as text, with names in lower case. */
  get texts(): readonly (readonly [name: string, value: string])[] {
    return this.#entries.map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString('latin1')]);
  }

  get(name: string): Uint8Array[] {
    return this.#entries.filter(([each]) => isSame(each, name)).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#entries.some(([each]) => isSame(each, name));
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.delete(name);
    for (const value of values) this.append(name, value);
  }

  delete(name: string): void {
    this.#assertChangeable(name);
    this.#entries = this.#entries.filter(([each]) => !isSame(each, name));
  }

  append(name: string, value: Uint8Array): void {
    this.#assertChangeable(name, Buffer.from(value).toString('latin1'));
    const before = this.#entries.reduce((sum, [each, bytes]) => sum + each.length + bytes.length, 0);
    if (before + name.length + value.length > MAX_BYTES) throw headerError('forbidden');
    this.#entries.push([name, value]);
  }

  entries(): Entry[] {
    return [...this.#entries];
  }

  clone(): Fields {
    const copy = new Fields();
    copy.#entries = [...this.#entries];
    return copy;
  }

  #assertChangeable(name: string, value?: string): void {
    if (this.#isFixed) throw headerError('immutable');
    const reason = refusalOfField(name, value);
    if (reason !== undefined) throw headerError(reason);
  }
}

const isSame = (one: string, two: string): boolean => one.toLowerCase() === two.toLowerCase();
