import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { FieldPattern, Pattern } from '../parser/syntax-tree.ts';
import type { TypedPattern } from '../typed/typed-tree.ts';
import { actual, BOOL, FLOAT64, INT64, STRING, typeName, variantsOf, type Type } from '../types/type.ts';
import type { BodyContext } from './body-context.ts';
import { variantNamed, type VariantUse } from './constructors.ts';

const ANYTHING: TypedPattern = { kind: 'any', local: undefined };
const MAX_INT = 2n ** 63n - 1n;
const WHAT = 'the matched value';

/** Names that a pattern has bound; each can be bound once. */
type Bound = Set<string>;

/** Resolves a pattern for values of one type and binds its names in the innermost scope. */
export const checkPattern = (context: BodyContext, pattern: Pattern, type: Type): TypedPattern =>
  checkInside(context, pattern, type, new Set());

function checkInside(context: BodyContext, pattern: Pattern, type: Type, bound: Bound): TypedPattern {
  switch (pattern.kind) {
    case 'wildcard':
      return ANYTHING;
    case 'binding':
      return checkBinding(context, pattern, type, bound);
    case 'int':
      return pattern.value === undefined ? refuseNumber(context, pattern) : literal(context, pattern, type, INT64);
    case 'float':
      return literal(context, pattern, type, FLOAT64);
    case 'string':
      return literal(context, pattern, type, STRING);
    case 'bool':
      return literal(context, pattern, type, BOOL);
    case 'range':
      return checkRange(context, pattern, type);
    case 'constructor':
      return checkConstructor(context, pattern, type, bound);
  }
}

function literal(
  context: BodyContext,
  pattern: Pattern & { kind: 'int' | 'float' | 'string' | 'bool' },
  type: Type,
  own: Type,
): TypedPattern {
  const { value, span } = pattern;
  if (value === undefined || !context.fits(own, { type, what: WHAT }, span)) return ANYTHING;
  return { kind: 'literal', value };
}

function checkRange(context: BodyContext, pattern: Pattern & { kind: 'range' }, type: Type): TypedPattern {
  const { from, to, span } = pattern;
  if (from === undefined || to === undefined) return refuseNumber(context, pattern);
  if (!context.fits(INT64, { type, what: WHAT }, span)) return ANYTHING;
  if (from > to) {
    const hint = 'write the smaller number first; both ends are part of the range';
    context.warning({ code: 'UNREACHABLE_ARM', span, message: 'this range is empty', hint });
  }
  return { kind: 'range', from, to };
}

function refuseNumber(context: BodyContext, { span }: Pattern): TypedPattern {
  const message = 'this number is too large for an Int64';
  context.error({ code: 'INT_OUT_OF_RANGE', span, message, hint: `use at most ${MAX_INT.toString()}` });
  return ANYTHING;
}

function checkBinding(
  context: BodyContext,
  { name, span }: Pattern & { kind: 'binding' },
  type: Type,
  bound: Bound,
): TypedPattern {
  const variants =
    actual(type).kind === 'Bool' ? ['True', 'False'] : (variantsOf(actual(type)) ?? []).map((v) => v.name);
  const meant = variants.find((variant) => variant.toLowerCase() === name.toLowerCase());
  if (meant !== undefined) {
    const message = `\`${name}\` would bind a new name that matches everything`;
    context.error({ code: 'UNKNOWN_NAME', span, message, hint: `write ${meant}, or _ to match everything` });
    return ANYTHING;
  }
  if (bound.has(name)) {
    const message = `this pattern binds \`${name}\` twice`;
    context.error({
      code: 'DUPLICATE_NAME',
      span,
      message,
      hint: 'use another name and compare the two in a guard',
    });
    return ANYTHING;
  }
  bound.add(name);
  return { kind: 'any', local: context.bind(name, type, { span }) };
}

function checkConstructor(
  context: BodyContext,
  pattern: Pattern & { kind: 'constructor' },
  type: Type,
  bound: Bound,
): TypedPattern {
  const { text, span } = pattern.name;
  const variant = variantNamed(context, text, type);
  if (variant === undefined) {
    refuseVariant(context, text, span, actual(type));
    bindAll(context, pattern.fields, bound);
    return ANYTHING;
  }
  if (!context.fits(variant.type, { type, what: WHAT }, span)) {
    bindAll(context, pattern.fields, bound);
    return ANYTHING;
  }
  const places = placesOf(context, pattern, variant);
  if (places === undefined) {
    bindAll(context, pattern.fields, bound);
    return ANYTHING;
  }
  const fields = variant.fields.map((): TypedPattern => ANYTHING);
  for (const [index, field] of pattern.fields.entries()) {
    const place = places[index] ?? -1;
    const declared = variant.fields[place];
    if (declared !== undefined) fields[place] = checkInside(context, field.pattern, declared.type, bound);
  }
  return { kind: 'variant', tag: variant.tag, declared: variant.fields, fields };
}

/** Returns the index of the declared field per part of the pattern. */
function placesOf(
  context: BodyContext,
  pattern: Pattern & { kind: 'constructor' },
  { name, fields }: VariantUse,
): readonly number[] | undefined {
  const hint = fields.length === 0 ? `write ${name}` : `write ${name}(${fields.map((field) => field.name).join(', ')})`;
  const places = pattern.fields.map(({ name: given }, index) =>
    given === undefined ? index : fields.findIndex((field) => field.name === given.text),
  );
  const unknown = pattern.fields.find((_, index) => places[index] === -1);
  if (unknown?.name !== undefined) {
    const message = `${name} has no field \`${unknown.name.text}\``;
    context.error({ code: 'UNKNOWN_FIELD', span: unknown.name.span, message, hint });
    return undefined;
  }
  if (fields.length === pattern.fields.length && new Set(places).size === fields.length) return places;
  const count = fields.length === 1 ? '1 field' : `${fields.length.toString()} fields`;
  const message = `${name} has ${count}, this pattern names ${pattern.fields.length.toString()}`;
  context.error({ code: 'WRONG_ARITY', span: pattern.span, message, hint });
  return undefined;
}

/** Binds the names of a rejected pattern, so that they are not reported as unknown in its arm. */
function bindAll(context: BodyContext, fields: readonly FieldPattern[], bound: Bound): void {
  for (const { pattern } of fields) checkInside(context, pattern, { kind: 'unknown' }, bound);
}

function refuseVariant(context: BodyContext, name: string, span: Span, type: Type): void {
  if (context.symbols.refused.has(name)) return;
  const variants = (variantsOf(type) ?? []).map((variant) => variant.name);
  const bool = type.kind === 'Bool' ? 'use True or False' : undefined;
  const record =
    type.kind === 'record'
      ? `bind the value to a name and read its fields: value.${type.fields[0]?.name ?? 'field'}`
      : undefined;
  const choices = variants.length === 0 ? undefined : `${typeName(type)} is ${variants.join(', ')}`;
  const hint = didYouMean(name, variants) ?? bool ?? record ?? choices;
  context.error({ code: 'UNKNOWN_NAME', span, message: `unknown variant \`${name.slice(0, 60)}\``, hint });
}
