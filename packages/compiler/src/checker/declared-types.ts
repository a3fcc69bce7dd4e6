import type { Report } from '../diagnostics/report.ts';
import type { FieldNode, Name, TypeNode } from '../parser/syntax-tree.ts';
import type { Field, RecordType, UnionType } from '../types/type.ts';
import type { Constructor } from './module-symbols.ts';
import { isFree } from './name-check.ts';
import { LANGUAGE_TYPES, type TypeResolver } from './type-resolver.ts';

const LANGUAGE_CONSTRUCTORS = new Set(['Some', 'None', 'Ok', 'Err']);

/** The records and unions of a module. Types can refer to each other and to themselves in any order. */
export class DeclaredTypes {
  readonly constructors = new Map<string, Constructor>();
  readonly records: RecordType[] = [];
  readonly #report: Report;
  readonly #resolver: TypeResolver;

  constructor(report: Report, resolver: TypeResolver, nodes: readonly TypeNode[]) {
    this.#report = report;
    this.#resolver = resolver;
    const names = new Set<string>();
    const completions = nodes.map((node) => this.#declare(node, names));
    for (const complete of completions) complete();
  }

  /** Declares the name. Returns a function that resolves the body after all names are declared. */
  #declare(node: TypeNode, names: Set<string>): () => void {
    const { name, body } = node;
    if (!isFree(this.#report, name, names, LANGUAGE_TYPES, 'type')) return () => undefined;
    names.add(name.text);
    if (node.parameters.length > 0) return this.#refuseGeneric(name);
    switch (body.kind) {
      case 'alias':
        this.#resolver.declareAlias(node);
        return () => {
          this.#resolver.resolve(body.type);
        };
      case 'record': {
        const record: RecordType = { kind: 'record', name: name.text, fields: [] };
        this.#resolver.declare(record);
        this.records.push(record);
        return () => {
          record.fields = this.#fields(body.fields, name.text);
        };
      }
      case 'union':
        return this.#declareUnion(name, body);
    }
  }

  #declareUnion(name: Name, body: TypeNode['body'] & { kind: 'union' }): () => void {
    const union: UnionType = { kind: 'union', name: name.text, variants: [] };
    this.#resolver.declare(union);
    const free = body.variants.filter((variant) => {
      if (!isFree(this.#report, variant.name, this.constructors, LANGUAGE_CONSTRUCTORS, 'variant')) return false;
      this.constructors.set(variant.name.text, { union, tag: 0 });
      return true;
    });
    for (const [tag, variant] of free.entries()) this.constructors.set(variant.name.text, { union, tag });
    return () => {
      union.variants = free.map((variant) => {
        const { text } = variant.name;
        return { name: text, fields: this.#fields(variant.fields, text) };
      });
    };
  }

  #fields(nodes: readonly FieldNode[], owner: string): readonly Field[] {
    const names = new Set<string>();
    const fields: Field[] = [];
    for (const { name, type } of nodes) {
      if (!isFree(this.#report, name, names, new Set(), `field of ${owner}`)) continue;
      names.add(name.text);
      fields.push({ name: name.text, type: this.#resolver.resolveValue(type, 'a field') });
    }
    return fields;
  }

  #refuseGeneric(name: Name): () => void {
    const message = 'this compiler does not support types with type parameters';
    const hint = 'declare one type per type argument';
    this.#report.error({ code: 'NOT_SUPPORTED', span: name.span, message, hint });
    this.#resolver.markInvalid(name.text);
    return () => undefined;
  }
}
