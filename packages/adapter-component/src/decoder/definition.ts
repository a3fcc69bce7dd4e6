import { refuse } from './component-bytes.ts';

export type Primitive =
  'bool' | 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64' | 'f32' | 'f64' | 'char' | 'string';

/** A value type as the binary has it. Named types are shared, so that the graph can be far larger as a tree. */
export type ValueDefinition =
  | { readonly kind: Primitive }
  | { readonly kind: 'record'; readonly fields: readonly Labelled[] }
  | { readonly kind: 'variant'; readonly cases: readonly Case[] }
  | { readonly kind: 'list'; readonly element: ValueDefinition; readonly length?: number }
  | { readonly kind: 'tuple'; readonly items: readonly ValueDefinition[] }
  | { readonly kind: 'flags' | 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'option'; readonly value: ValueDefinition }
  | { readonly kind: 'result'; readonly ok?: ValueDefinition | undefined; readonly err?: ValueDefinition | undefined }
  | { readonly kind: 'unsupported'; readonly what: string };

export interface Labelled {
  readonly name: string;
  readonly type: ValueDefinition;
}

export interface Case {
  readonly name: string;
  readonly type?: ValueDefinition | undefined;
}

export interface FunctionDefinition {
  readonly kind: 'function';
  readonly isAsync: boolean;
  readonly params: readonly Labelled[];
  readonly result?: ValueDefinition | undefined;
}

/** An instance or a component: what it exports, and what a component imports. */
export interface InstanceDefinition {
  readonly kind: 'instance';
  readonly imports: readonly Extern[];
  readonly exports: readonly Extern[];
}

export type ExternDefinition = ValueDefinition | FunctionDefinition | InstanceDefinition;

export type Sort = 'function' | 'type' | 'instance' | 'component' | 'other';

/** A named import or export. */
export interface Extern {
  readonly name: string;
  readonly sort: Sort;
  readonly definition?: ExternDefinition | undefined;
}

/** The index spaces of a component, or of a component type. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly types: (ExternDefinition | undefined)[] = [];
  readonly functions: (ExternDefinition | undefined)[] = [];
  readonly instances: (ExternDefinition | undefined)[] = [];
  readonly components: (ExternDefinition | undefined)[] = [];
  readonly imports: Extern[] = [];
  readonly exports: Extern[] = [];

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  /** Appends an import, an export or an alias to the index space of its sort. */
  bind({ sort, definition }: Omit<Extern, 'name'>): void {
    this.space(sort)?.push(definition);
  }

  space(sort: Sort): (ExternDefinition | undefined)[] | undefined {
    if (sort === 'function') return this.functions;
    if (sort === 'type') return this.types;
    if (sort === 'instance') return this.instances;
    return sort === 'component' ? this.components : undefined;
  }

  /** Returns the scope that is a number of levels outside of this one. */
  outer(levels: number): Scope {
    if (levels === 0) return this;
    if (this.parent === undefined) throw refuse('it names a component outside of itself');
    return this.parent.outer(levels - 1);
  }

  type(index: number): ExternDefinition {
    const type = this.types[index];
    if (type === undefined) throw refuse('it names a type that it does not have');
    return type;
  }

  valueType(index: number): ValueDefinition {
    const type = this.type(index);
    if (type.kind === 'function' || type.kind === 'instance') throw refuse('it uses a function as the type of a value');
    return type;
  }
}
