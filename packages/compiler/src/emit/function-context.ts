import type { ConstantSymbol, FunctionSymbol, Local, Typed } from '../typed/typed-tree.ts';
import { coreType } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { Callee, CoreSignature, FunctionCode, Label } from './function-code.ts';
import { OP } from './opcodes.ts';
import type { Literals } from './literals.ts';

export type Closure = Typed & { kind: 'closure' };

/** The module that functions are emitted into. Requesting a function adds it to the module. */
export interface ModuleContext {
  readonly literals: Literals;
  host(name: string, signature: CoreSignature): Callee;
  own(symbol: FunctionSymbol): Callee;
  /** Returns the instance for the callee of a call; the callee itself if it is not generic. */
  chosen(callee: FunctionSymbol): FunctionSymbol;
  constant(symbol: ConstantSymbol): Callee | Typed;
  /** Returns the table index of the function of a closure and the captured locals. */
  closure(
    expression: Closure,
    owner: FunctionSymbol | ConstantSymbol,
  ): { readonly index: number; readonly captured: readonly Local[] };
  /** Returns the type index for an indirect call. */
  typeIndexOfValue(signature: CoreSignature): number;
}

/** Index of the parameter with the address of the captured values. */
export const ENVIRONMENT = 0;
/** Bytes per captured value. */
export const CAPTURE_BYTES = 8;

/** Emits an expression; its value is then on the stack. `tail`: the expression is in tail position. */
export type EmitExpression = (context: FunctionContext, expression: Typed, tail: boolean) => void;

export interface ContextOptions {
  /** Declaration that contains the code. */
  readonly owner: FunctionSymbol | ConstantSymbol;
  readonly emit: EmitExpression;
}

/** State of emitting one function. */
export class FunctionContext {
  readonly code: FunctionCode;
  readonly module: ModuleContext;
  /** Branch target of tail calls of the function itself. */
  restart: { readonly symbol: FunctionSymbol; readonly label: Label } | undefined;
  readonly owner: FunctionSymbol | ConstantSymbol;
  /** Captured locals of the outer function, in the order of their storage. */
  readonly captured: Local[] = [];
  readonly #emit: EmitExpression;
  readonly #slots = new Map<Local, number>();

  constructor(module: ModuleContext, code: FunctionCode, { owner, emit }: ContextOptions) {
    this.module = module;
    this.code = code;
    this.owner = owner;
    this.#emit = emit;
  }

  emit(expression: Typed, tail = false): void {
    this.#emit(this, expression, tail);
  }

  /** Maps a local to the slot of a parameter. */
  parameter(local: Local, slot: number): void {
    this.#slots.set(local, slot);
  }

  /** Assigns the value on the stack to a local; Unit has no value. */
  assign(local: Local): void {
    const type = coreType(local.type);
    if (type === 'none') return;
    let slot = this.#slots.get(local);
    if (slot === undefined) {
      slot = this.code.slot(type);
      this.#slots.set(local, slot);
    }
    this.code.set(slot);
  }

  read(local: Local): void {
    const type = coreType(local.type);
    if (type === 'none') return;
    const slot = this.#slots.get(local);
    if (slot !== undefined) {
      this.code.get(slot);
      return;
    }
    if (!this.captured.includes(local)) this.captured.push(local);
    this.code.get(ENVIRONMENT).load(type, CAPTURE_BYTES * this.captured.indexOf(local));
  }

  /** Returns the slot of an immutable local; undefined for another expression. */
  immutableSlot(expression: Typed): number | undefined {
    return expression.kind === 'local' && !expression.local.mutable ? this.#slots.get(expression.local) : undefined;
  }

  /** Allocates bytes; their address is then on the stack. */
  allocate(size: number): void {
    this.code.i32(size).call(this.module.host('__alloc', { parameters: ['i32'], result: 'i32' }));
  }

  drop(type: Type): void {
    if (coreType(type) !== 'none') this.code.op(OP.drop);
  }
}
