import type { ClarityField } from '@clarity-runtime/core';
import { closestName } from './closest-name.ts';
import { listed, type Encoding } from './encoding.ts';
import { writeRecord, writeUnion } from './guest-cells.ts';
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import type { CoreValue } from './layout.ts';
import { boxOf, definitionOf, isEnumeration, isOptional, TAG, type UnionDefinition } from './type-forms.ts';

/** A record or a union of the document, by its name. */
export function encodeNamed(encoding: Encoding, name: string, value: JsonValue): number {
  const definition = definitionOf(encoding.types, name);
  if (definition === undefined) throw new Error(`the type ${name} is not described`);
  if (definition.kind === 'union') return encodeUnion(encoding, definition, value);
  const { fields } = definition;
  const object = encoding.expectObject(value, `an object (${name})`);
  encoding.expectNames(object, namesOf(fields));
  const cores = encodeFields(encoding, fields, object);
  return writeRecord(encoding.state.memory, { types: fields.map(({ type }) => type), cores });
}

function encodeUnion(encoding: Encoding, union: UnionDefinition, value: JsonValue): number {
  const names = union.variants.map(({ name }) => name);
  const object = isEnumeration(union) ? undefined : encoding.expectObject(value, 'an object with a "tag"');
  const name = object === undefined ? value : object.get(TAG);
  const tag = typeof name === 'string' ? names.indexOf(name) : -1;
  if (tag === -1) {
    const subject = object === undefined ? '' : '"tag" to be ';
    throw encoding.wrong(`expected ${subject}one of ${listed(names)}${meant(name, names)}`);
  }
  const fields = union.variants[tag]?.fields ?? [];
  const cores = object === undefined ? [] : encodeContent(encoding, { union, fields }, object);
  const variants = union.variants.map((variant) => variant.fields.map(({ type }) => type));
  return writeUnion(encoding.state.memory, variants, { tag, cores });
}

function meant(name: JsonValue | undefined, names: readonly string[]): string {
  const near = typeof name === 'string' ? closestName(name, names) : undefined;
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

interface VariantFields {
  readonly union: UnionDefinition;
  readonly fields: readonly ClarityField[];
}

/** The fields of a variant, which stand beside its tag or in a box of their own. */
function encodeContent(encoding: Encoding, { union, fields }: VariantFields, object: JsonObject): readonly CoreValue[] {
  const box = fields.length === 0 ? undefined : boxOf(union);
  encoding.expectNames(object, [TAG, ...(box === undefined ? namesOf(fields) : [box])]);
  if (box === undefined) return encodeFields(encoding, fields, object);
  return encoding.at(box, () => {
    const boxed = encoding.expectObject(object.get(box) ?? null, 'an object');
    encoding.expectNames(boxed, namesOf(fields));
    return encodeFields(encoding, fields, boxed);
  });
}

const encodeFields = (encoding: Encoding, fields: readonly ClarityField[], object: JsonObject): readonly CoreValue[] =>
  fields.map(({ name, type }) => {
    const member = object.get(name);
    if (member === undefined && !isOptional(type)) throw encoding.wrong(`the field '${name}' is missing`);
    return encoding.within(name, type, member ?? null);
  });

const namesOf = (fields: readonly ClarityField[]): readonly string[] => fields.map(({ name }) => name);
