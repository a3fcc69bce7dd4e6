import type { ClarityField, ClarityType, ClarityTypeDefinition, InterfaceDocument } from '@clarity-runtime/core';

export type TypeTable = InterfaceDocument['types'];
export type UnionDefinition = Extract<ClarityTypeDefinition, { kind: 'union' }>;
export type Variant = UnionDefinition['variants'][number];

export const TAG = 'tag';
const BOXED = 'fields';

export const definitionOf = (types: TypeTable, name: string): ClarityTypeDefinition | undefined =>
  Object.hasOwn(types, name) ? types[name] : undefined;

/** Its JSON can be `null`; an Option of it could not tell `None` from it, so its `Some` is tagged. */
export const isNullable = ({ kind }: ClarityType): boolean => kind === 'Option' || kind === 'Unit';

/** May be left out where it is named; it is `None` then, or Unit. */
export const isOptional = isNullable;

/** A union whose variants carry nothing: its JSON is the name of the variant. */
export const isEnumeration = ({ variants }: UnionDefinition): boolean =>
  variants.every(({ fields }) => fields.length === 0);

/** Where the fields of a variant stand in its JSON, if not beside the tag: one of the union's fields is called `tag`. */
export const boxOf = ({ variants }: UnionDefinition): string | undefined =>
  variants.some(({ fields }) => fields.some(({ name }) => name === TAG)) ? BOXED : undefined;

export const requiredNames = (fields: readonly ClarityField[]): readonly string[] =>
  fields.filter(({ type }) => !isOptional(type)).map(({ name }) => name);
