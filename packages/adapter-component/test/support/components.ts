import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { ValueDefinition } from '../../src/decoder/definition.ts';

/** Returns the bytes of a component in the text format. */
export const componentOf = (text: string): Promise<Uint8Array> => parse(text);

/** Memory with an allocator that never frees. */
export const MEMORY = `
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and
        (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (block $enough
        (loop $more
          (br_if $enough (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
          (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
          (unreachable)))
      (local.get $at))`;

/** Options of a lifted function with memory. */
export const LIFT = '(memory (core memory $i "memory")) (realloc (core func $i "realloc"))';

/** The component of the contract of a `WasmHost`. */
export const WORKING = `(component
  (core module $m
    (global $count (mut i64) (i64.const 0))
    (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
    (func (export "count") (result i64)
      (global.set $count (i64.add (global.get $count) (i64.const 1))) (global.get $count))
    (func (export "spin") (result i64) (loop (br 0)) (i64.const 0))
    (func (export "boom") (result i64) unreachable))
  (core instance $i (instantiate $m))
  (func (export "add") (param "arg0" s64) (param "arg1" s64) (result s64) (canon lift (core func $i "add")))
  (func (export "count") (result s64) (canon lift (core func $i "count")))
  (func (export "spin") (result s64) (canon lift (core func $i "spin")))
  (func (export "boom") (result s64) (canon lift (core func $i "boom"))))`;

export const ENDLESS = `(component
  (core module $m (func $start (loop (br 0))) (start $start) (func (export "one") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "one") (result u32) (canon lift (core func $i "one"))))`;

/**
 * Returns a component that returns its lists as they are, for a type each: `echo-0(x: list<T0>) -> list<T0>`, … A list is a
 * pointer and a length, so that the same code echoes every type.
 */
export function echoComponent(types: readonly ValueDefinition[]): string {
  const text = new TypeText();
  const functions = types.map((type, index) => {
    const list = `(list ${text.of(type)})`;
    return `(func (export "echo-${String(index)}") (param "x" ${list}) (result ${list})
      (canon lift (core func $i "echo") ${LIFT}))`;
  });
  return `(component
  (core module $m ${MEMORY}
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  ${text.definitions.join('\n  ')}
  ${functions.join('\n  ')})`;
}

/** Writes types in the text format. Types with names are defined and imported first, as the types of a world are. */
export class TypeText {
  readonly definitions: string[] = [];

  of(type: ValueDefinition): string {
    switch (type.kind) {
      case 'record':
        return this.#define(
          `(record ${type.fields.map((field) => `(field "${field.name}" ${this.of(field.type)})`).join(' ')})`,
        );
      case 'variant':
        return this.#define(
          `(variant ${type.cases.map((each) => `(case "${each.name}"${each.type === undefined ? '' : ` ${this.of(each.type)}`})`).join(' ')})`,
        );
      case 'list':
        return `(list ${this.of(type.element)})`;
      case 'tuple':
        return `(tuple ${type.items.map((item) => this.of(item)).join(' ')})`;
      case 'flags':
      case 'enum':
        return this.#define(`(${type.kind} ${type.names.map((name) => `"${name}"`).join(' ')})`);
      case 'option':
        return `(option ${this.of(type.value)})`;
      case 'result':
        return `(result${type.ok === undefined ? '' : ` ${this.of(type.ok)}`}${type.err === undefined ? '' : ` (error ${this.of(type.err)})`})`;
      case 'unsupported':
        throw new Error('the type has no text');
      default:
        return type.kind;
    }
  }

  #define(body: string): string {
    const id = this.definitions.length;
    this.definitions.push(
      `(type $d${String(id)} ${body}) (import "t${String(id)}" (type $t${String(id)} (eq $d${String(id)})))`,
    );
    return `$t${String(id)}`;
  }
}
