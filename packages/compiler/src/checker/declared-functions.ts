import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Report } from '../diagnostics/report.ts';
import type { FieldNode, FunctionNode, Name } from '../parser/syntax-tree.ts';
import type { FunctionSymbol } from '../typed/typed-tree.ts';
import type { Field, Type } from '../types/type.ts';
import { EFFECTS } from './effects.ts';
import { isFree } from './name-check.ts';
import { LANGUAGE_TYPES, type TypeResolver } from './type-resolver.ts';

/** Exports that every module has for its host. */
const HOST_EXPORTS = new Set(['memory', '__heap_base']);
const NOTHING = new Set<string>();
/** WebAssembly takes a thousand; nobody calls a function with a tenth of that. */
const MAX_PARAMETERS = 100;

export interface DeclaredFunction {
  readonly symbol: FunctionSymbol;
  readonly node: FunctionNode;
  /** Knows the function's type parameters. */
  readonly types: TypeResolver;
}

/** The signatures of a module's functions. */
export class DeclaredFunctions {
  readonly byName = new Map<string, FunctionSymbol>();
  /** Those with type parameters, which stand for types like no other here. */
  readonly generics = new Map<string, DeclaredFunction>();
  /** What has a body to check, in the order of the text. */
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
      const hint = didYouMean(text, EFFECTS) ?? `the effects are ${EFFECTS.join(', ')}`;
      this.#report.error({ code: 'UNKNOWN_EFFECT', span, message: `there is no effect \`${text}\``, hint });
    }
    return new Set(names.map(({ text }) => text));
  }

  #parameters(nodes: readonly FieldNode[], types: TypeResolver): readonly Field[] {
    const tooMany = nodes[MAX_PARAMETERS];
    if (tooMany !== undefined) {
      const message = `a function takes at most ${MAX_PARAMETERS.toString()} parameters`;
      this.#report.error({
        code: 'FUNCTION_TOO_LARGE',
        span: tooMany.name.span,
        message,
        hint: 'pass a list or a record',
      });
    }
    const names = new Set<string>();
    return nodes.slice(0, MAX_PARAMETERS).map(({ name, type }) => {
      isFree(this.#report, name, names, NOTHING, 'parameter');
      names.add(name.text);
      return { name: name.text, type: types.resolveValue(type, 'a parameter') };
    });
  }
}

/** What a type parameter stands for while nothing is known of it: a type like no other, of which nothing can be read. */
const opaqueType = (name: string): Type => ({ kind: 'record', name, fields: [] });
