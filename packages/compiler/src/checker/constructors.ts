import type { Typed } from '../typed/typed-tree.ts';
import { actual, typeVariable, variantsOf, type Field, type Type } from '../types/type.ts';
import type { BodyContext } from './body-context.ts';

/** A variant of a type. Its type parameters are the expected ones or variables. */
export interface VariantUse {
  readonly type: Type;
  readonly tag: number;
  readonly name: string;
  readonly fields: readonly Field[];
}

/** Returns the variant that a name constructs. An expected Option or Result determines its type parameters. */
export function variantNamed(context: BodyContext, name: string, expected?: Type): VariantUse | undefined {
  const type = ownerOf(context, name, expected === undefined ? undefined : actual(expected));
  const variants = type === undefined ? [] : (variantsOf(type) ?? []);
  const tag = variants.findIndex((variant) => variant.name === name);
  const variant = variants[tag];
  return type === undefined || variant === undefined ? undefined : { type, tag, name, fields: variant.fields };
}

export const makeVariant = ({ type, tag }: VariantUse, fields: readonly Typed[]): Typed => ({
  kind: 'variant',
  tag,
  fields,
  type,
});

function ownerOf({ symbols }: BodyContext, name: string, expected: Type | undefined): Type | undefined {
  if (name === 'Some' || name === 'None') {
    return expected?.kind === 'Option' ? expected : { kind: 'Option', value: typeVariable() };
  }
  if (name === 'Ok' || name === 'Err') {
    return expected?.kind === 'Result' ? expected : { kind: 'Result', ok: typeVariable(), error: typeVariable() };
  }
  return symbols.constructors.get(name)?.union;
}
