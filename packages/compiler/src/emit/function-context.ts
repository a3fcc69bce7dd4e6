import type { ConstantSymbol, FunctionSymbol, Local, Typed } from '../typed/typed-tree.ts';
import { coreType } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import type { Callee, CoreSignature, FunctionCode, Label } from './function-code.ts';
import { OP } from './opcodes.ts';
import type { Literals } from './literals.ts';

export type Closure = Typed & { kind: 'closure' };

/** What the functions of a module share. Asking for a function is what puts it into the module. */
export interface ModuleParts {
  readonly literals: Literals;
  host(name: string, signature: CoreSignature): Callee;
  own(symbol: FunctionSymbol): Callee;
  /** The function that a call's callee stands for, which is itself or an instance of one with type parameters. */
  chosen(callee: FunctionSymbol): FunctionSymbol;
  constant(symbol: ConstantSymbol): Callee | Typed;
  /** Where a closure's function stands in the table, and the locals around it that it uses. */
  closure(
    expression: Closure,
    owner: FunctionSymbol | ConstantSymbol,
  ): { readonly index: number; readonly captured: readonly Local[] };
  /** Where the type of a function that is called by way of a value stands. */
  typeIndexOfValue(signature: CoreSignature): number;
}

/** The parameter of a closure's function that holds the address of what was captured. */
export const ENVIRONMENT = 0;
/** What each captured value takes. */
export const CAPTURE_SIZE = 8;

/** Writes the code that leaves the value of an expression on the stack; `tail`: nothing happens after it. */
export type EmitExpression = (context: FunctionContext, expression: Typed, tail: boolean) => void;

export interface ContextOptions {
  /** The declaration whose code this is or is part of. */
  readonly owner: FunctionSymbol | ConstantSymbol;
  readonly emit: EmitExpression;
}

/** One function while its code is written. */
export class FunctionContext {
  readonly code: FunctionCode;
  readonly module: ModuleParts;
  /** Where a call of the function itself goes on, when nothing happens after it. */
  restart: { readonly symbol: FunctionSymbol; readonly label: Label } | undefined;
  readonly owner: FunctionSymbol | ConstantSymbol;
  /** The locals of the function around a closure that the closure uses, in the order in which it keeps them. */
  readonly captured: Local[] = [];
  readonly #emit: EmitExpression;
  readonly #slots = new Map<Local, number>();

  constructor(module: ModuleParts, code: FunctionCode, { owner, emit }: ContextOptions) {
    this.module = module;
    this.code = code;
    this.owner = owner;
    this.#emit = emit;
  }

  emit(expression: Typed, tail = false): void {
    this.#emit(this, expression, tail);
  }

  /** Takes the values of parameters from where the caller put them. */
  parameter(local: Local, slot: number): void {
    this.#slots.set(local, slot);
  }

  /** Gives a local the value on the stack; one of type Unit has none. */
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
    this.code.get(ENVIRONMENT).load(type, CAPTURE_SIZE * this.captured.indexOf(local));
  }

  /** The variable of a local that keeps its value. */
  steadySlot(expression: Typed): number | undefined {
    return expression.kind === 'local' && !expression.local.mutable ? this.#slots.get(expression.local) : undefined;
  }

  /** Leaves the address of so many new bytes on the stack. */
  allocate(size: number): void {
    this.code.i32(size).call(this.module.host('__alloc', { parameters: ['i32'], result: 'i32' }));
  }

  drop(type: Type): void {
    if (coreType(type) !== 'none') this.code.op(OP.drop);
  }
}
