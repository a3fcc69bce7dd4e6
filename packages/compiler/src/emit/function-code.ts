import type { CoreType } from '../types/layout.ts';
import { ByteWriter } from './byte-writer.ts';
import { ALIGNMENT, LOAD, NO_VALUE, OP, STORE, VALUE_TYPE, type ValueType } from './opcodes.ts';

/** WebAssembly types of the parameters and the result of a function. */
export interface CoreSignature {
  readonly parameters: readonly ValueType[];
  readonly result: CoreType;
}

/** A function that can be called. Its index is known when the module is encoded. */
export interface Callee {
  readonly kind: 'host' | 'own';
  readonly ordinal: number;
  readonly signature: CoreSignature;
}

/** An open block, the target of branches. */
export type Label = number;

interface Slot {
  readonly type: ValueType;
  readonly index: number;
}

/** Instructions and local variables of one function. */
export class FunctionCode {
  readonly signature: CoreSignature;
  readonly #code = new ByteWriter();
  readonly #calls: { readonly offset: number; readonly callee: Callee }[] = [];
  readonly #locals: ValueType[] = [];
  readonly #free: Record<ValueType, number[]> = { i32: [], i64: [], f64: [] };
  readonly #held: Slot[] = [];
  #open = 0;

  constructor(signature: CoreSignature) {
    this.signature = signature;
  }

  get localCount(): number {
    return this.signature.parameters.length + this.#locals.length;
  }

  /** Length of the instructions in bytes, without the indices of called functions. */
  get length(): number {
    return this.#code.length;
  }

  op(opcode: number): this {
    this.#code.byte(opcode);
    return this;
  }

  i32(value: number): this {
    this.#code.byte(OP.i32Const).signed(value);
    return this;
  }

  i64(value: bigint): this {
    this.#code.byte(OP.i64Const).signed(value);
    return this;
  }

  f64(value: number): this {
    this.#code.byte(OP.f64Const).float64(value);
    return this;
  }

  get(slot: number): this {
    this.#code.byte(OP.localGet).unsigned(slot);
    return this;
  }

  set(slot: number): this {
    this.#code.byte(OP.localSet).unsigned(slot);
    return this;
  }

  load(type: ValueType, offset: number): this {
    this.#code.byte(LOAD[type]).byte(ALIGNMENT).unsigned(offset);
    return this;
  }

  store(type: ValueType, offset: number): this {
    this.#code.byte(STORE[type]).byte(ALIGNMENT).unsigned(offset);
    return this;
  }

  call(callee: Callee): this {
    this.#code.byte(OP.call);
    this.#calls.push({ offset: this.#code.length, callee });
    return this;
  }

  /** Emits an indirect call. The stack has the arguments and then the table index. */
  callIndirect(type: number): this {
    this.#code.byte(OP.callIndirect).unsigned(type).byte(0);
    return this;
  }

  open(opcode: typeof OP.block | typeof OP.loop | typeof OP.if, result: CoreType): Label {
    this.#code.byte(opcode).byte(result === 'none' ? NO_VALUE : VALUE_TYPE[result]);
    this.#open += 1;
    return this.#open;
  }

  close(): this {
    this.#code.byte(OP.end);
    this.#open -= 1;
    return this;
  }

  branch(opcode: typeof OP.branch | typeof OP.branchIf, label: Label): this {
    this.#code.byte(opcode).unsigned(this.#open - label);
    return this;
  }

  /** Returns a local variable that is reserved until the innermost `scoped` ends. */
  slot(type: ValueType): number {
    const index = this.#free[type].pop() ?? this.localCount;
    if (index === this.localCount) this.#locals.push(type);
    this.#held.push({ type, index });
    return index;
  }

  scoped<T>(run: () => T): T {
    const mark = this.#held.length;
    const value = run();
    for (const { type, index } of this.#held.splice(mark)) this.#free[type].push(index);
    return value;
  }

  /** Encodes the body for the code section, without its size. `indexOf` returns the index of a function. */
  encode(indexOf: (callee: Callee) => number): Uint8Array {
    const body = new ByteWriter();
    const runs = this.#runs();
    body.unsigned(runs.length);
    for (const { count, type } of runs) body.unsigned(count).byte(VALUE_TYPE[type]);
    let written = 0;
    const code = this.#code.bytes();
    for (const { offset, callee } of this.#calls) {
      body.raw(code.subarray(written, offset)).unsigned(indexOf(callee));
      written = offset;
    }
    return body.raw(code.subarray(written)).byte(OP.end).bytes();
  }

  #runs(): readonly { readonly type: ValueType; readonly count: number }[] {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count += 1;
      else runs.push({ type, count: 1 });
    }
    return runs;
  }
}
