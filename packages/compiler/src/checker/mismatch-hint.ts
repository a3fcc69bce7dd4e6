import type { Expression } from '../parser/syntax-tree.ts';
import { actual, typeName, type Type } from '../types/type.ts';

const CONVERSIONS = new Map([
  ['Int64 → String', 'int_to_string(value) makes a String of an Int64'],
  ['Float64 → String', 'float_to_string(value) makes a String of a Float64'],
  ['Bool → String', 'match value { True -> "…", False -> "…" } makes a String of a Bool'],
  ['String → Int64', 'string_to_int(text) gives an Option<Int64>: None when the text is no number'],
  ['String → Float64', 'string_to_float(text) gives an Option<Float64>: None when the text is no number'],
  ['Int64 → Float64', 'int_to_float(value) makes a Float64 of an Int64'],
  ['Float64 → Int64', 'float_to_int(value) makes an Int64 of a Float64, without its fraction'],
  ['Timestamp → Int64', 'timestamp_to_int(value) gives the milliseconds since 1970'],
  ['Int64 → Timestamp', 'timestamp_from_int(milliseconds) makes a Timestamp'],
  ['Timestamp → String', 'timestamp_to_string(value) gives the ISO form'],
  ['Bytes → String', 'bytes_to_string(value) reads the bytes as UTF-8'],
  ['String → Bytes', 'bytes_from_string(text) gives its UTF-8'],
  ['Int64 → Bool', 'a condition is a Bool: compare, for example value != 0'],
  ['String → Bool', 'a condition is a Bool: compare, for example text != ""'],
]);

/** How a value becomes what is wanted, where there is a usual way. */
export function mismatchHint(wanted: Type, found: Type, expression?: Expression): string | undefined {
  const [to, from] = [actual(wanted), actual(found)];
  if (expression?.kind === 'assignment' && to.kind === 'Bool')
    return 'comparison is ==, a single = gives a name a new value';
  if (expression?.kind === 'int' && to.kind === 'Float64') return 'a Float64 is written with a point, for example 1.0';
  if (from.kind === 'Option' && to.kind !== 'Option') {
    return 'the value may be missing: match it { Some(value) -> …, None -> … }';
  }
  if (from.kind === 'Result' && to.kind !== 'Result') {
    return 'the value may be an error: match it { Ok(value) -> …, Err(error) -> … }';
  }
  if (to.kind === 'Option' && from.kind !== 'Option') return 'a value that is there is written Some(value)';
  if (to.kind === 'Result' && from.kind !== 'Result') return 'success is written Ok(value), failure Err(error)';
  if (to.kind === 'List' && typeName(to.element) === typeName(from)) return 'a list of one value is written [value]';
  if (to.kind === 'Unit') return 'a `;` after an expression drops its value';
  if (from.kind === 'Unit') return 'this gives no value; the last expression of a block, without `;`, is its value';
  return CONVERSIONS.get(`${from.kind} → ${to.kind}`);
}
