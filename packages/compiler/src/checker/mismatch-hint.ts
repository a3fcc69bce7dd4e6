import type { Expression } from '../parser/syntax-tree.ts';
import { actual, typeName, type Type } from '../types/type.ts';

const CONVERSIONS = new Map([
  ['Int64 → String', 'convert it with int_to_string(value)'],
  ['Float64 → String', 'convert it with float_to_string(value)'],
  ['Bool → String', 'convert it with match value { True -> "…", False -> "…" }'],
  ['String → Int64', 'convert it with string_to_int(text), which returns None when the text is not a number'],
  ['String → Float64', 'convert it with string_to_float(text), which returns None when the text is not a number'],
  ['Int64 → Float64', 'convert it with int_to_float(value)'],
  ['Float64 → Int64', 'convert it with float_to_int(value), which drops the fraction'],
  ['Timestamp → Int64', 'convert it with timestamp_to_int(value): milliseconds since 1970'],
  ['Int64 → Timestamp', 'convert it with timestamp_from_int(milliseconds)'],
  ['Timestamp → String', 'convert it with timestamp_to_string(value), which returns ISO 8601'],
  ['Bytes → String', 'convert it with bytes_to_string(value), which decodes UTF-8'],
  ['String → Bytes', 'convert it with bytes_from_string(text), which encodes UTF-8'],
  ['Int64 → Bool', 'use a comparison as the condition, for example value != 0'],
  ['String → Bool', 'use a comparison as the condition, for example text != ""'],
]);

/** Returns a hint that converts a value to the required type; undefined without a common conversion. */
export function mismatchHint(wanted: Type, found: Type, expression?: Expression): string | undefined {
  const [to, from] = [actual(wanted), actual(found)];
  if (expression?.kind === 'assignment' && to.kind === 'Bool') return 'compare with ==; a single = assigns a value';
  if (expression?.kind === 'int' && to.kind === 'Float64') return 'write a Float64 with a point, for example 1.0';
  if (from.kind === 'Option' && to.kind !== 'Option') {
    return 'the value may be missing: use match value { Some(value) -> …, None -> … }';
  }
  if (from.kind === 'Result' && to.kind !== 'Result') {
    return 'the value may be an error: use match value { Ok(value) -> …, Err(error) -> … }';
  }
  if (to.kind === 'Option' && from.kind !== 'Option') return 'write Some(value) for a value that is present';
  if (to.kind === 'Result' && from.kind !== 'Result') return 'write Ok(value) for success, Err(error) for failure';
  if (to.kind === 'List' && typeName(to.element) === typeName(from)) return 'write [value] for a list of one value';
  if (to.kind === 'Unit') return 'add a `;` after the expression to discard its value';
  if (from.kind === 'Unit') return 'end the block with an expression without `;`: it is its value';
  return CONVERSIONS.get(`${from.kind} → ${to.kind}`);
}
