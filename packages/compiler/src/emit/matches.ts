import type { Typed, TypedPattern } from '../typed/typed-tree.ts';
import { coreType, PAYLOAD } from '../types/layout.ts';
import type { Label } from './function-code.ts';
import type { FunctionContext } from './function-context.ts';
import { OP } from './opcodes.ts';
import { emitStringEquality } from './operators.ts';
import { emitLoad, type FieldPlace } from './values.ts';

/** Emits a match. The arms are tried in order; a failed pattern or guard branches to the next arm. */
export function emitMatch(context: FunctionContext, match: Typed & { kind: 'match' }, tail: boolean): void {
  const { code } = context;
  code.scoped(() => {
    const subject = emitSubject(context, match.subject);
    const end = code.open(OP.block, coreType(match.type));
    for (const { pattern, guard, body } of match.arms) {
      const next = code.open(OP.block, 'none');
      code.scoped(() => {
        emitTest(context, { pattern, slot: subject, next });
        if (guard !== undefined) {
          context.emit(guard);
          code.op(OP.i32Eqz).branch(OP.branchIf, next);
        }
        context.emit(body, tail);
        code.branch(OP.branch, end);
      });
      code.close();
    }
    code.op(OP.unreachable).close();
  });
}

/** Returns the variable with the matched value; undefined for Unit. */
function emitSubject(context: FunctionContext, subject: Typed): number | undefined {
  const steady = context.immutableSlot(subject);
  if (steady !== undefined) return steady;
  context.emit(subject);
  const type = coreType(subject.type);
  if (type === 'none') return undefined;
  const slot = context.code.slot(type);
  context.code.set(slot);
  return slot;
}

interface Test {
  readonly pattern: TypedPattern;
  readonly slot: number | undefined;
  readonly next: Label;
}

/** Branches to `next` unless the pattern matches, and binds its names. */
function emitTest(context: FunctionContext, { pattern, slot, next }: Test): void {
  const { code } = context;
  if (slot === undefined) return;
  switch (pattern.kind) {
    case 'any':
      if (pattern.local === undefined) return;
      code.get(slot);
      context.assign(pattern.local);
      return;
    case 'literal':
      code.get(slot);
      emitDifference(context, pattern.value);
      code.branch(OP.branchIf, next);
      return;
    case 'range':
      code.get(slot).i64(pattern.from).op(OP.i64LtS).branch(OP.branchIf, next);
      code.get(slot).i64(pattern.to).op(OP.i64GtS).branch(OP.branchIf, next);
      return;
    case 'variant':
      code.get(slot).load('i32', 0).i32(pattern.tag).op(OP.i32Ne).branch(OP.branchIf, next);
      for (const [index, field] of pattern.fields.entries()) {
        if (field.kind === 'any' && field.local === undefined) continue;
        emitTest(context, {
          pattern: field,
          slot: emitPart(context, slot, { fields: pattern.declared, index, start: PAYLOAD }),
          next,
        });
      }
  }
}

/** Returns a variable with a field of a value; undefined for Unit. */
function emitPart(context: FunctionContext, slot: number, place: FieldPlace): number | undefined {
  const { code } = context;
  const field = place.fields[place.index];
  const type = field === undefined ? 'none' : coreType(field.type);
  if (type === 'none') return undefined;
  const part = code.slot(type);
  code.get(slot);
  emitLoad(context, place);
  code.set(part);
  return part;
}

/** Replaces the value on the stack by 0 if it equals the literal, otherwise by another number. */
function emitDifference(context: FunctionContext, literal: bigint | number | string | boolean): void {
  const { code, module } = context;
  switch (typeof literal) {
    case 'bigint':
      code.i64(literal).op(OP.i64Ne);
      return;
    case 'number':
      code.f64(literal).op(OP.f64Ne);
      return;
    case 'boolean':
      if (literal) code.op(OP.i32Eqz);
      return;
    case 'string':
      code.i32(module.literals.string(literal));
      emitStringEquality(context);
      code.op(OP.i32Eqz);
  }
}
