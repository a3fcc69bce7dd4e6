import type { Finding, Report } from '../diagnostics/report.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Expression } from '../parser/syntax-tree.ts';
import type { Local, Typed } from '../typed/typed-tree.ts';
import { typeName, UNKNOWN, type Type } from '../types/type.ts';
import { isTooLarge, unify } from '../types/unify.ts';
import { mismatchHint } from './mismatch-hint.ts';
import type { ModuleSymbols } from './module-symbols.ts';
import type { TypeResolver } from './type-resolver.ts';

/** The required type at a position; `what` describes the position: "the result of `add`". */
export interface Expectation {
  readonly type: Type;
  readonly what: string;
}

/** The declaration of the checked body. */
export interface Owner {
  readonly name: string;
  /** A constant can use neither functions of the program nor effects. */
  readonly kind: 'function' | 'constant';
  readonly effects: ReadonlySet<string>;
}

/** Dependencies of `BodyContext`, shared by all bodies of a module. */
export interface BodyContextDependencies {
  readonly report: Report;
  readonly symbols: ModuleSymbols;
  readonly types: TypeResolver;
  readonly checkExpression: CheckExpression;
}

export type CheckExpression = (context: BodyContext, expression: Expression, expected?: Expectation) => Typed;

export const BROKEN: Typed = { kind: 'broken', type: UNKNOWN };

/** State of checking the body of a function or the value of a constant. */
export class BodyContext {
  readonly symbols: ModuleSymbols;
  readonly types: TypeResolver;
  readonly owner: Owner;
  readonly #report: Report;
  readonly #checkExpression: CheckExpression;
  #scopes: readonly Map<string, Local>[] = [new Map()];
  /** Number of scopes outside of the innermost lambda. */
  #outside = 0;

  constructor({ report, symbols, types, checkExpression }: BodyContextDependencies, owner: Owner) {
    this.symbols = symbols;
    this.types = types;
    this.owner = owner;
    this.#report = report;
    this.#checkExpression = checkExpression;
  }

  get errorCount(): number {
    return this.#report.errorCount;
  }

  error(finding: Finding): Typed {
    this.#report.error(finding);
    return BROKEN;
  }

  warning(finding: Finding): void {
    this.#report.warning(finding);
  }

  check(expression: Expression, expected?: Expectation): Typed {
    const typed = this.#checkExpression(this, expression, expected);
    return expected === undefined ? typed : this.fit(typed, expected, expression.span, expression);
  }

  /** Returns the value if it has the required type. Reports a mismatch otherwise. */
  fit(typed: Typed, expected: Expectation, span: Span, expression?: Expression): Typed {
    return this.fits(typed.type, expected, span, expression) ? typed : BROKEN;
  }

  fits(type: Type, expected: Expectation, span: Span, expression?: Expression): boolean {
    if (unify(expected.type, type)) return true;
    if (isTooLarge(type)) {
      const hint = 'declare records for its parts; a function cannot call itself with a larger type each time';
      this.error({ code: 'TYPE_TOO_LARGE', span, message: 'the type of this expression is too large', hint });
      return false;
    }
    const message = `${expected.what} is ${typeName(expected.type)}, this is ${typeName(type)}`;
    this.error({ code: 'TYPE_MISMATCH', span, message, hint: mismatchHint(expected.type, type, expression) });
    return false;
  }

  scoped<T>(run: () => T): T {
    const outer = this.#scopes;
    this.#scopes = [...outer, new Map()];
    try {
      return run();
    } finally {
      this.#scopes = outer;
    }
  }

  /** Runs like `scoped` for the parameters and the body of a lambda. */
  insideLambda<T>(run: () => T): T {
    const outside = this.#outside;
    this.#outside = this.#scopes.length;
    try {
      return this.scoped(run);
    } finally {
      this.#outside = outside;
    }
  }

  /** Returns true if the innermost lambda has a copy of the local with this name. */
  isCaptured(name: string): boolean {
    return this.#scopes.findLastIndex((scope) => scope.has(name)) < this.#outside;
  }

  /** Adds a name to the innermost scope. It shadows an outer one with the same name. */
  bind(name: string, type: Type, place: { readonly span: Span; readonly mutable?: boolean }): Local {
    if (isTooLarge(type)) {
      this.error({ code: 'TYPE_TOO_LARGE', span: place.span, message: `the type of \`${name}\` is too large` });
      return this.bind(name, UNKNOWN, place);
    }
    const local: Local = { name, type, mutable: place.mutable === true };
    this.#scopes.at(-1)?.set(name, local);
    return local;
  }

  local(name: string): Local | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  get localNames(): readonly string[] {
    return this.#scopes.flatMap((scope) => [...scope.keys()]);
  }
}
