import type { ClarityField, ClarityType, ClarityTypeDefinition, InterfaceDocument } from '@clarity-runtime/core';

export type TypeTable = InterfaceDocument['types'];
export type UnionDefinition = Extract<ClarityTypeDefinition, { kind: 'union' }>;
export type Variant = UnionDefinition['variants'][number];

export const TAG = 'tag';
const BOXED = 'fields';

export const definitionOf = (types: TypeTable, name: string): ClarityTypeDefinition | undefined =>
  Object.hasOwn(types, name) ? types[name] : undefined;

/** Whether the JSON of the type can be `null`. `Some` of such a type is tagged, because `null` means `None`. */
export const isNullable = ({ kind }: ClarityType): boolean => kind === 'Option' || kind === 'Unit';

/** Whether a member of the type may be missing: it is `None` or Unit then. */
export const isOptional = isNullable;

/** Whether the variants of the union have no fields. The JSON of a value is the name of its variant. */
export const isEnumeration = ({ variants }: UnionDefinition): boolean =>
  variants.every(({ fields }) => fields.length === 0);

/**
 * The member that contains the fields of a variant when they cannot be beside the tag, because one of the fields is
 * called `tag`.
 */
export const boxOf = ({ variants }: UnionDefinition): string | undefined =>
  variants.some(({ fields }) => fields.some(({ name }) => name === TAG)) ? BOXED : undefined;

export const requiredNames = (fields: readonly ClarityField[]): readonly string[] =>
  fields.filter(({ type }) => !isOptional(type)).map(({ name }) => name);
