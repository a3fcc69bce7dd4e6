import { foreignStatementHint } from '../parser/foreign-syntax.ts';

const PRINT = 'print with print_string(text), in a function that declares effect[Log]';
const OPTION = 'a value that may be missing is an Option: Some(value) or None';
const LENGTH = 'string_length(text) counts a string, length(list) a list';

/** Names that are common elsewhere, and what does the same here. */
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
  ['str', 'int_to_string(value) and float_to_string(value) make strings'],
  ['String', 'int_to_string(value) and float_to_string(value) make strings'],
  ['to_string', 'int_to_string(value) and float_to_string(value) make strings'],
  ['toString', 'int_to_string(value) and float_to_string(value) make strings'],
  ['int', 'string_to_int(text) gives an Option<Int64>, float_to_int(value) an Int64'],
  ['parseInt', 'string_to_int(text) gives an Option<Int64>'],
  ['parse_int', 'string_to_int(text) gives an Option<Int64>'],
  ['float', 'int_to_float(value) gives a Float64, string_to_float(text) an Option<Float64>'],
  ['push', 'append(list, value) gives a new list'],
  ['get', 'nth(list, index) reads a list'],
  ['first', 'head(list) reads the first element'],
  ['rest', 'tail(list) is all but the first element'],
  ['map', 'write a function that calls itself on tail(list)'],
  ['filter', 'write a function that calls itself on tail(list)'],
  ['reduce', 'write a function that calls itself on tail(list)'],
  ['fold', 'write a function that calls itself on tail(list)'],
  ['not', 'a condition is negated with !'],
  ['abs', 'abs_int(value) works on Int64'],
  ['min', 'min_int(a, b) works on Int64'],
  ['max', 'max_int(a, b) works on Int64'],
  ['replace', 'string_replace(text, part, replacement)'],
  ['startsWith', 'string_starts_with(text, start)'],
  ['endsWith', 'string_ends_with(text, end)'],
  ['upper', 'to_uppercase(text)'],
  ['lower', 'to_lowercase(text)'],
  ['concat_strings', 'strings are joined with ++'],
  ['join', 'strings are joined with ++'],
  ['Error', 'a function that can fail returns Result<T, E>: Ok(value) or Err(error)'],
  ['this', 'functions take all that they need as parameters'],
  ['self', 'functions take all that they need as parameters'],
]);

const TYPES = new Map([
  ...['int', 'Int', 'integer', 'Integer', 'i64', 'i32', 'u64', 'u32', 'long', 'number', 'Number', 'Nat', 'BigInt'].map(
    (name): [string, string] => [name, 'whole numbers are Int64'],
  ),
  ...['float', 'Float', 'double', 'Double', 'f64', 'f32', 'Real'].map((name): [string, string] => [
    name,
    'numbers with a fraction are Float64',
  ]),
  ...['string', 'str', 'Str', 'Text', 'text', 'char', 'Char'].map((name): [string, string] => [
    name,
    'texts are String',
  ]),
  ...['bool', 'boolean', 'Boolean'].map((name): [string, string] => [name, 'truth values are Bool']),
  ...['void', 'Void', 'None', 'null', 'unit', 'Nothing', 'Never'].map((name): [string, string] => [
    name,
    'a function that gives nothing back returns Unit',
  ]),
  ...['Array', 'array', 'Vec', 'Seq', 'list', 'Set', 'Tuple'].map((name): [string, string] => [
    name,
    'several values of one type are List<T>',
  ]),
  ...['Dict', 'dict', 'HashMap', 'Object', 'object', 'Record', 'map'].map((name): [string, string] => [
    name,
    'values that are found by a key are Map<K, V>, fixed fields are a record',
  ]),
  ...['Date', 'DateTime', 'Instant', 'Time'].map((name): [string, string] => [name, 'points in time are Timestamp']),
  ...['bytes', 'Buffer', 'Blob', 'Uint8Array'].map((name): [string, string] => [name, 'bytes are Bytes']),
  ...['Maybe', 'Optional', 'option'].map((name): [string, string] => [
    name,
    'a value that may be missing is Option<T>',
  ]),
  ...['Either', 'Error', 'result'].map((name): [string, string] => [name, 'success or failure is Result<T, E>']),
]);

/** What somebody probably means who uses this name as a value or a function. */
export const habitOfName = (name: string): string | undefined => NAMES.get(name) ?? foreignStatementHint(name);

/** What somebody probably means who uses this name as a type. */
export const habitOfType = (name: string): string | undefined => TYPES.get(name);
