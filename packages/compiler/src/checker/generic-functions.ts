import type { Report } from '../diagnostics/report.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { FunctionSymbol, GenericInstances, TypedFunction } from '../typed/typed-tree.ts';
import { actual, argumentsOf, BOOL, typeVariable, type Type } from '../types/type.ts';
import { unify } from '../types/unify.ts';
import type { DeclaredFunction } from './declared-functions.ts';
import type { TypeResolver } from './type-resolver.ts';

/** Limit of checked source characters over all instances of generic functions. */
const MAX_INSTANCES_LENGTH = 2_000_000;
/** Minimum cost of one instance. */
const MIN_INSTANCE_LENGTH = 500;

interface Use {
  readonly generic: DeclaredFunction;
  readonly typeArguments: readonly Type[];
  readonly symbol: FunctionSymbol;
  readonly span: Span;
}

/** Functions with type parameters. Each is checked once per combination of types that the program uses. */
export class GenericFunctions {
  readonly #report: Report;
  readonly #resolver: TypeResolver;
  readonly #generics: ReadonlyMap<string, DeclaredFunction>;
  #uses: Use[] = [];

  constructor(report: Report, resolver: TypeResolver, generics: ReadonlyMap<string, DeclaredFunction>) {
    this.#report = report;
    this.#resolver = resolver;
    this.#generics = generics;
  }

  /** Returns a generic function for one call, with type variables as parameters; undefined if it is not generic. */
  use(name: string, span: Span): FunctionSymbol | undefined {
    const generic = this.#generics.get(name);
    if (generic === undefined) return undefined;
    const typeArguments = generic.node.typeParameters.map(() => typeVariable());
    const symbol = this.#signature(generic, typeArguments).symbol;
    this.#uses.push({ generic, typeArguments, symbol, span });
    return symbol;
  }

  /** Drops the recorded calls: those in generic bodies, whose types are opaque. */
  forgetUses(): void {
    this.#uses = [];
  }

  /** Checks all instances that the recorded calls need, transitively. */
  instances(check: (declared: DeclaredFunction) => TypedFunction): GenericInstances {
    const functions = new Map<string, TypedFunction>();
    const symbols = new Map<string, FunctionSymbol>();
    const chosen = new Map<FunctionSymbol, FunctionSymbol>();
    let left = MAX_INSTANCES_LENGTH;
    for (let use = this.#uses.shift(); use !== undefined; use = this.#uses.shift()) {
      const { generic, typeArguments, symbol, span } = use;
      const key = `${symbol.name}<${typeArguments.map(keyOf).join()}>`;
      if (!symbols.has(key)) {
        const { body } = generic.node;
        left -= Math.max(MIN_INSTANCE_LENGTH, body.span.end - body.span.start);
        if (left < 0) {
          const message = `\`${symbol.name}\` is used with too many different types`;
          const hint = 'remove the recursion with a larger type each time';
          this.#report.error({ code: 'TYPE_TOO_LARGE', span, message, hint });
          break;
        }
        const declared = this.#signature(generic, typeArguments);
        symbols.set(key, declared.symbol);
        functions.set(key, check(declared));
      }
      chosen.set(symbol, symbols.get(key) ?? symbol);
    }
    return { functions: [...functions.values()], chosen };
  }

  #signature({ node, symbol }: DeclaredFunction, typeArguments: readonly Type[]): DeclaredFunction {
    const types = this.#resolver.within(
      new Map(node.typeParameters.map(({ text }, index) => [text, typeArguments[index] ?? BOOL])),
    );
    const parameters = node.parameters.map(({ name, type }) => ({ name: name.text, type: types.resolve(type) }));
    return { symbol: { ...symbol, exported: false, parameters, result: types.resolve(node.result) }, node, types };
  }
}

/** Returns a unique text for a type. An undetermined type becomes Bool, because it has no values. */
function keyOf(type: Type): string {
  if (actual(type).kind === 'variable') unify(type, BOOL);
  const known = actual(type);
  if (known.kind === 'record' || known.kind === 'union') return known.name;
  return `${known.kind}(${argumentsOf(known).map(keyOf).join()})`;
}
