import { foreignStatementHint } from '../parser/foreign-syntax.ts';

const PRINT = 'use print_string(text) in a function that declares effect[Log]';
const OPTION = 'use an Option for a value that may be missing: Some(value) or None';
const LENGTH = 'use string_length(text) for a string, length(list) for a list';

/** Names of other languages and the equivalent in Clarity. */
const NAMES = new Map([
  ['true', 'write True'],
  ['false', 'write False'],
  ['null', OPTION],
  ['nil', OPTION],
  ['none', OPTION],
  ['undefined', OPTION],
  ['print', PRINT],
  ['println', PRINT],
  ['console', PRINT],
  ['printf', PRINT],
  ['echo', PRINT],
  ['len', LENGTH],
  ['size', LENGTH],
  ['count', LENGTH],
  ['str', 'use int_to_string(value) or float_to_string(value)'],
  ['String', 'use int_to_string(value) or float_to_string(value)'],
  ['to_string', 'use int_to_string(value) or float_to_string(value)'],
  ['toString', 'use int_to_string(value) or float_to_string(value)'],
  ['int', 'use string_to_int(text), which returns Option<Int64>, or float_to_int(value)'],
  ['parseInt', 'use string_to_int(text), which returns Option<Int64>'],
  ['parse_int', 'use string_to_int(text), which returns Option<Int64>'],
  ['float', 'use int_to_float(value), or string_to_float(text), which returns Option<Float64>'],
  ['push', 'use append(list, value), which returns a new list'],
  ['get', 'use nth(list, index) to read an element'],
  ['first', 'use head(list) for the first element'],
  ['rest', 'use tail(list) for all elements except the first'],
  ['map', 'write a recursive function that calls itself with tail(list)'],
  ['filter', 'write a recursive function that calls itself with tail(list)'],
  ['reduce', 'write a recursive function that calls itself with tail(list)'],
  ['fold', 'write a recursive function that calls itself with tail(list)'],
  ['not', 'use ! to negate a condition'],
  ['abs', 'use abs_int(value) for Int64'],
  ['min', 'use min_int(a, b) for Int64'],
  ['max', 'use max_int(a, b) for Int64'],
  ['replace', 'string_replace(text, part, replacement)'],
  ['startsWith', 'string_starts_with(text, start)'],
  ['endsWith', 'string_ends_with(text, end)'],
  ['upper', 'to_uppercase(text)'],
  ['lower', 'to_lowercase(text)'],
  ['concat_strings', 'join strings with ++'],
  ['join', 'join strings with ++'],
  ['Error', 'return Result<T, E> from a function that can fail: Ok(value) or Err(error)'],
  ['this', 'pass the values as parameters'],
  ['self', 'pass the values as parameters'],
]);

const TYPES = new Map([
  ...['int', 'Int', 'integer', 'Integer', 'i64', 'i32', 'u64', 'u32', 'long', 'number', 'Number', 'Nat', 'BigInt'].map(
    (name): [string, string] => [name, 'use Int64 for integers'],
  ),
  ...['float', 'Float', 'double', 'Double', 'f64', 'f32', 'Real'].map((name): [string, string] => [
    name,
    'use Float64 for numbers with a fraction',
  ]),
  ...['string', 'str', 'Str', 'Text', 'text', 'char', 'Char'].map((name): [string, string] => [
    name,
    'use String for text',
  ]),
  ...['bool', 'boolean', 'Boolean'].map((name): [string, string] => [name, 'use Bool for truth values']),
  ...['void', 'Void', 'None', 'null', 'unit', 'Nothing', 'Never'].map((name): [string, string] => [
    name,
    'use Unit for a function without a result',
  ]),
  ...['Array', 'array', 'Vec', 'Seq', 'list', 'Set', 'Tuple'].map((name): [string, string] => [
    name,
    'use List<T> for several values of one type',
  ]),
  ...['Dict', 'dict', 'HashMap', 'Object', 'object', 'Record', 'map'].map((name): [string, string] => [
    name,
    'use Map<K, V> for values with keys, a record for fixed fields',
  ]),
  ...['Date', 'DateTime', 'Instant', 'Time'].map((name): [string, string] => [
    name,
    'use Timestamp for points in time',
  ]),
  ...['bytes', 'Buffer', 'Blob', 'Uint8Array'].map((name): [string, string] => [name, 'use Bytes']),
  ...['Maybe', 'Optional', 'option'].map((name): [string, string] => [
    name,
    'use Option<T> for a value that may be missing',
  ]),
  ...['Either', 'Error', 'result'].map((name): [string, string] => [name, 'use Result<T, E> for success or failure']),
]);

/** Returns a hint for a value or function name of another language. */
export const foreignNameHint = (name: string): string | undefined => NAMES.get(name) ?? foreignStatementHint(name);

/** Returns a hint for a type name of another language. */
export const foreignTypeHint = (name: string): string | undefined => TYPES.get(name);
