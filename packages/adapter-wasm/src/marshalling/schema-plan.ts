import type { ClarityType } from '@clarity-runtime/core';
import { definitionOf, isEnumeration, type TypeTable } from './type-forms.ts';

/** A named type that is written out in more nodes than this stands in `$defs` instead. */
const LARGEST_INLINE = 60;

/**
 * Which named types a schema refers to and which it writes out. Clients read a schema without references best; types
 * that contain themselves, and those that would grow it without end, need them.
 */
export class SchemaPlan {
  readonly #types: TypeTable;
  readonly #sizes = new Map<string, number>();
  readonly #open = new Set<string>();
  readonly #referred = new Set<string>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  isReferred(name: string): boolean {
    this.#sizeOfNamed(name);
    return this.#referred.has(name);
  }

  #sizeOf(type: ClarityType): number {
    switch (type.kind) {
      case 'List':
        return 1 + this.#sizeOf(type.element);
      case 'Option':
      case 'Map':
        return 1 + this.#sizeOf(type.value);
      case 'Result':
        return 1 + this.#sizeOf(type.ok) + this.#sizeOf(type.error);
      case 'Named':
        return this.#sizeOfNamed(type.name);
      default:
        return 1;
    }
  }

  #sizeOfNamed(name: string): number {
    const known = this.#sizes.get(name);
    if (known !== undefined) return known;
    if (this.#open.has(name)) {
      this.#referred.add(name);
      return 1;
    }
    this.#open.add(name);
    const written = this.#sizeOfBody(name);
    this.#open.delete(name);
    if (written > LARGEST_INLINE) this.#referred.add(name);
    const size = this.#referred.has(name) ? 1 : written;
    this.#sizes.set(name, size);
    return size;
  }

  #sizeOfBody(name: string): number {
    const definition = definitionOf(this.#types, name);
    if (definition === undefined || (definition.kind === 'union' && isEnumeration(definition))) return 1;
    const bodies = definition.kind === 'record' ? [definition] : definition.variants;
    return bodies
      .flatMap(({ fields }) => fields)
      .reduce((sum, { type }) => sum + this.#sizeOf(type), 1 + bodies.length);
  }
}
