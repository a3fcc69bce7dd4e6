import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Report } from '../diagnostics/report.ts';
import type { FieldNode, FunctionNode, Name } from '../parser/syntax-tree.ts';
import type { FunctionSymbol } from '../typed/typed-tree.ts';
import type { Field, Type } from '../types/type.ts';
import { isFree } from './name-check.ts';
import { LANGUAGE_TYPES, type TypeResolver } from './type-resolver.ts';

/** Exports of every module that the host uses. */
const HOST_EXPORTS = new Set(['memory', '__heap_base']);
const NO_NAMES = new Set<string>();
/** WebAssembly engines accept 1,000 parameters. */
const MAX_PARAMETER_COUNT = 100;

/** A function with its signature and syntax. */
export interface DeclaredFunction {
  readonly symbol: FunctionSymbol;
  readonly node: FunctionNode;
  /** Resolves types including the type parameters of the function. */
  readonly types: TypeResolver;
}

/** The signatures of a module's functions. */
export class DeclaredFunctions {
  readonly byName = new Map<string, FunctionSymbol>();
  /** Functions with type parameters; in their signatures a type parameter is an opaque type. */
  readonly generics = new Map<string, DeclaredFunction>();
  /** All functions in source order. */
  readonly list: DeclaredFunction[] = [];
  readonly #report: Report;
  readonly #resolver: TypeResolver;

  constructor(report: Report, resolver: TypeResolver, nodes: readonly FunctionNode[]) {
    this.#report = report;
    this.#resolver = resolver;
    for (const node of nodes) this.#declare(node);
  }

  #declare(node: FunctionNode): void {
    const { name, doc, exported } = node;
    const free = isFree(this.#report, name, this.byName, HOST_EXPORTS, 'function');
    const effects = this.#effects(node.effects);
    const opaque = new Map(this.#typeParameters(node.typeParameters).map((text) => [text, opaqueType(text)]));
    const types = opaque.size === 0 ? this.#resolver : this.#resolver.within(opaque);
    const parameters = this.#parameters(node.parameters, types);
    const result = types.resolve(node.result);
    const symbol = { name: name.text, span: name.span, doc, exported, effects, parameters, result };
    const declared = { symbol, node, types };
    if (free) this.byName.set(name.text, symbol);
    if (free && opaque.size > 0) this.generics.set(name.text, declared);
    this.list.push(declared);
  }

  #typeParameters(names: readonly Name[]): readonly string[] {
    const seen = new Set<string>();
    for (const name of names) if (isFree(this.#report, name, seen, LANGUAGE_TYPES, 'type')) seen.add(name.text);
    return [...seen];
  }

  #effects(names: readonly Name[]): ReadonlySet<string> {
    for (const { text, span } of names) {
      if (EFFECTS.includes(text)) continue;
      const hint = didYouMean(text, EFFECTS) ?? `use one of ${EFFECTS.join(', ')}`;
      this.#report.error({ code: 'UNKNOWN_EFFECT', span, message: `unknown effect \`${text}\``, hint });
    }
    return new Set(names.map(({ text }) => text));
  }

  #parameters(nodes: readonly FieldNode[], types: TypeResolver): readonly Field[] {
    const tooMany = nodes[MAX_PARAMETER_COUNT];
    if (tooMany !== undefined) {
      const message = `a function has at most ${MAX_PARAMETER_COUNT.toString()} parameters`;
      this.#report.error({
        code: 'FUNCTION_TOO_LARGE',
        span: tooMany.name.span,
        message,
        hint: 'pass a list or a record',
      });
    }
    const names = new Set<string>();
    return nodes.slice(0, MAX_PARAMETER_COUNT).map(({ name, type }) => {
      isFree(this.#report, name, names, NO_NAMES, 'parameter');
      names.add(name.text);
      return { name: name.text, type: types.resolveValue(type, 'a parameter') };
    });
  }
}

/** Returns the type of a type parameter in its own function: distinct from all others and without readable fields. */
const opaqueType = (name: string): Type => ({ kind: 'record', name, fields: [] });

/** All effects of the language. A function can call only functions whose effects it declares. */
const EFFECTS: readonly string[] = [
  ...['Network', 'Time', 'Random', 'Log', 'FileSystem', 'Test', 'Model', 'Secret'],
  ...['MCP', 'A2A', 'Trace', 'Persist', 'Embed', 'Eval', 'HumanInLoop', 'TTY'],
];
