import type { Typed } from '../typed/typed-tree.ts';
import { coreType, elementStride, PAYLOAD, recordLayout, unionSize } from '../types/layout.ts';
import { actual, variantsOf, type Field } from '../types/type.ts';
import type { FunctionContext } from './function-context.ts';

/** Offset of the first element of a list, after the number of elements. */
const FIRST_ELEMENT = 4;

interface Part {
  readonly value: Typed;
  readonly offset: number;
}

interface Parts {
  readonly size: number;
  /** First word: a tag or a number of elements. */
  readonly first?: number;
  /** In evaluation order. */
  readonly parts: readonly Part[];
}

export function emitRecord(context: FunctionContext, { record, fields }: Typed & { kind: 'record' }): void {
  const { offsets, size } = recordLayout(record.fields);
  const parts = fields.map(({ index, value }) => ({ value, offset: offsets[index] ?? 0 }));
  emitParts(context, { size, parts });
}

export function emitVariant(context: FunctionContext, { type, tag, fields }: Typed & { kind: 'variant' }): void {
  const variants = variantsOf(actual(type)) ?? [];
  const size = unionSize(variants);
  if (fields.length === 0) {
    context.code.i32(context.module.literals.variant(tag, size));
    return;
  }
  const { offsets } = recordLayout(variants[tag]?.fields ?? []);
  const parts = fields.map((value, index) => ({ value, offset: PAYLOAD + (offsets[index] ?? 0) }));
  emitParts(context, { size, first: tag, parts });
}

export function emitList(context: FunctionContext, { element, elements }: Typed & { kind: 'list' }): void {
  const stride = elementStride(element);
  const parts = elements.map((value, index) => ({ value, offset: FIRST_ELEMENT + index * stride }));
  emitParts(context, { size: FIRST_ELEMENT + elements.length * stride, first: elements.length, parts });
}

/** Allocates and fills a value; its address is then on the stack. */
function emitParts(context: FunctionContext, { size, first, parts }: Parts): void {
  const { code } = context;
  code.scoped(() => {
    const address = code.slot('i32');
    context.allocate(size);
    code.set(address);
    if (first !== undefined) code.get(address).i32(first).store('i32', 0);
    for (const { value, offset } of parts) {
      const type = coreType(value.type);
      if (type !== 'none') code.get(address);
      context.emit(value);
      if (type !== 'none') code.store(type, offset);
    }
    code.get(address);
  });
}

/** Emits `value.field.field`. Iterative, because a path can be as long as the source. */
export function emitField(context: FunctionContext, expression: Typed & { kind: 'field' }): void {
  const steps: FieldPlace[] = [];
  let target: Typed = expression;
  for (; target.kind === 'field'; target = target.target) {
    steps.push({ fields: target.record.fields, index: target.index });
  }
  context.emit(target);
  for (const step of steps.reverse()) emitLoad(context, step);
}

export interface FieldPlace {
  readonly fields: readonly Field[];
  readonly index: number;
  /** Offset of the fields: 0. */
  readonly start?: number;
}

/** Replaces the address on the stack by the value of a field that is not Unit. */
export function emitLoad(context: FunctionContext, { fields, index, start = 0 }: FieldPlace): void {
  const type = fields[index]?.type;
  const core = type === undefined ? 'none' : coreType(type);
  if (core !== 'none') context.code.load(core, start + (recordLayout(fields).offsets[index] ?? 0));
}
