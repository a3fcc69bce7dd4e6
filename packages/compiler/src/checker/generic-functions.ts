import type { Report } from '../diagnostics/report.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { FunctionSymbol, GenericInstances, TypedFunction } from '../typed/typed-tree.ts';
import { actual, argumentsOf, BOOL, typeVariable, type Type } from '../types/type.ts';
import { unify } from '../types/unify.ts';
import type { DeclaredFunction } from './declared-functions.ts';
import type { TypeResolver } from './type-resolver.ts';

/** How many characters of source are checked for instances of functions with type parameters. */
const MAX_CHARACTERS = 2_000_000;
const MIN_CHARACTERS = 500;

interface Use {
  readonly generic: DeclaredFunction;
  readonly typeArguments: readonly Type[];
  readonly symbol: FunctionSymbol;
  readonly span: Span;
}

/** Functions with type parameters. Each is checked once for each choice of types that the program makes. */
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

  /** The function for one call of it: its type parameters are variables. Undefined when it has none. */
  use(name: string, span: Span): FunctionSymbol | undefined {
    const generic = this.#generics.get(name);
    if (generic === undefined) return undefined;
    const typeArguments = generic.node.typeParameters.map(() => typeVariable());
    const symbol = this.#signature(generic, typeArguments).symbol;
    this.#uses.push({ generic, typeArguments, symbol, span });
    return symbol;
  }

  /** Forgets the calls so far: those in bodies whose types are not real ones. */
  forgetUses(): void {
    this.#uses = [];
  }

  /** Checks the functions that the calls so far need, and those that these need. */
  instances(check: (declared: DeclaredFunction) => TypedFunction): GenericInstances {
    const functions = new Map<string, TypedFunction>();
    const symbols = new Map<string, FunctionSymbol>();
    const chosen = new Map<FunctionSymbol, FunctionSymbol>();
    let left = MAX_CHARACTERS;
    for (let use = this.#uses.shift(); use !== undefined; use = this.#uses.shift()) {
      const { generic, typeArguments, symbol, span } = use;
      const key = `${symbol.name}<${typeArguments.map(keyOf).join()}>`;
      if (!symbols.has(key)) {
        const { body } = generic.node;
        left -= Math.max(MIN_CHARACTERS, body.span.end - body.span.start);
        if (left < 0) {
          const message = `\`${symbol.name}\` is called with too many different types`;
          const hint = 'a function that calls itself with a larger type each time never ends';
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

/** One text for one type. A type that nothing decides becomes Bool: no value of it ever is. */
function keyOf(type: Type): string {
  if (actual(type).kind === 'variable') unify(type, BOOL);
  const known = actual(type);
  if (known.kind === 'record' || known.kind === 'union') return known.name;
  return `${known.kind}(${argumentsOf(known).map(keyOf).join()})`;
}
