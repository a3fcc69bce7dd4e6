import type { Lowering } from './builtin-function.ts';

/** Declaration of a builtin in Clarity. Without a lowering it is the host import with the same name and types. */
export interface BuiltinRow {
  readonly signature: string;
  readonly effect?: string;
  readonly lowering?: Lowering;
}

const plain = (...signatures: readonly string[]): readonly BuiltinRow[] =>
  signatures.map((signature) => ({ signature }));

const withEffect = (effect: string, ...signatures: readonly string[]): readonly BuiltinRow[] =>
  signatures.map((signature) => ({ signature, effect }));

const lowered = (signature: string, name: string, kind: Lowering['kind'] = 'plain'): BuiltinRow => ({
  signature,
  lowering: { kind, name },
});

/** All builtins. String lengths and positions are in UTF-16 code units. Reading a list out of range traps. */
export const BUILTIN_ROWS: readonly BuiltinRow[] = [
  ...plain(
    'string_concat(left: String, right: String) -> String',
    'string_eq(left: String, right: String) -> Bool',
    'string_length(text: String) -> Int64',
    'substring(text: String, start: Int64, length: Int64) -> String',
    'char_at(text: String, index: Int64) -> String',
    'contains(text: String, part: String) -> Bool',
    'string_starts_with(text: String, start: String) -> Bool',
    'string_ends_with(text: String, end: String) -> Bool',
    'index_of(text: String, part: String) -> Int64',
    'trim(text: String) -> String',
    'trim_start(text: String) -> String',
    'trim_end(text: String) -> String',
    'to_uppercase(text: String) -> String',
    'to_lowercase(text: String) -> String',
    'split(text: String, separator: String) -> List<String>',
    'split_lines(text: String) -> List<String>',
    'chars(text: String) -> List<String>',
    'string_replace(text: String, part: String, replacement: String) -> String',
    'string_repeat(text: String, count: Int64) -> String',
    'pad_left(text: String, length: Int64, fill: String) -> String',
    'pad_right(text: String, length: Int64, fill: String) -> String',
    'char_code(text: String) -> Int64',
    'char_from_code(code: Int64) -> String',
  ),
  ...plain(
    'int_to_float(value: Int64) -> Float64',
    'float_to_int(value: Float64) -> Int64',
    'int_to_string(value: Int64) -> String',
    'float_to_string(value: Float64) -> String',
    'string_to_int(text: String) -> Option<Int64>',
    'string_to_float(text: String) -> Option<Float64>',
  ),
  ...plain(
    'abs_int(value: Int64) -> Int64',
    'min_int(left: Int64, right: Int64) -> Int64',
    'max_int(left: Int64, right: Int64) -> Int64',
    'int_clamp(value: Int64, least: Int64, most: Int64) -> Int64',
    'float_clamp(value: Float64, least: Float64, most: Float64) -> Float64',
    'sqrt(value: Float64) -> Float64',
    'floor(value: Float64) -> Float64',
    'ceil(value: Float64) -> Float64',
    'log(value: Float64) -> Float64',
    'log2(value: Float64) -> Float64',
    'log10(value: Float64) -> Float64',
    'exp(value: Float64) -> Float64',
    'sin(value: Float64) -> Float64',
    'cos(value: Float64) -> Float64',
    'tan(value: Float64) -> Float64',
    'pow(base: Float64, exponent: Float64) -> Float64',
    'atan2(y: Float64, x: Float64) -> Float64',
  ),
  lowered('length<T>(list: List<T>) -> Int64', 'list_length'),
  lowered('list_length<T>(list: List<T>) -> Int64', 'list_length'),
  lowered('is_empty<T>(list: List<T>) -> Bool', 'list_length', 'empty'),
  lowered('head<T>(list: List<T>) -> T', 'list_get_{T}', 'first'),
  lowered('nth<T>(list: List<T>, index: Int64) -> T', 'list_get_{T}'),
  lowered('append<T>(list: List<T>, value: T) -> List<T>', 'list_append_{T}'),
  lowered('list_set<T>(list: List<T>, index: Int64, value: T) -> List<T>', 'list_set_{T}'),
  lowered('tail<T>(list: List<T>) -> List<T>', 'list_tail', 'stride'),
  lowered('reverse<T>(list: List<T>) -> List<T>', 'list_reverse', 'stride'),
  lowered('concat<T>(left: List<T>, right: List<T>) -> List<T>', 'list_concat', 'stride'),
  lowered('map_new<K, V>() -> Map<K, V>', 'map_new'),
  lowered('map_size<K, V>(map: Map<K, V>) -> Int64', 'map_size'),
  lowered('map_has<K, V>(map: Map<K, V>, key: K) -> Bool', 'map_has_{K}'),
  lowered('map_get<K, V>(map: Map<K, V>, key: K) -> Option<V>', 'map_get_{K}_{V}'),
  lowered('map_set<K, V>(map: Map<K, V>, key: K, value: V) -> Map<K, V>', 'map_set_{K}_{V}'),
  lowered('map_remove<K, V>(map: Map<K, V>, key: K) -> Map<K, V>', 'map_remove_{K}'),
  lowered('map_keys<K, V>(map: Map<K, V>) -> List<K>', 'map_keys_{K}'),
  lowered('map_values<K, V>(map: Map<K, V>) -> List<V>', 'map_values_{V}'),
  ...plain(
    'bytes_new(length: Int64) -> Bytes',
    'bytes_length(bytes: Bytes) -> Int64',
    'bytes_get(bytes: Bytes, index: Int64) -> Int64',
    'bytes_set(bytes: Bytes, index: Int64, value: Int64) -> Bytes',
    'bytes_slice(bytes: Bytes, start: Int64, length: Int64) -> Bytes',
    'bytes_concat(left: Bytes, right: Bytes) -> Bytes',
    'bytes_from_string(text: String) -> Bytes',
    'bytes_to_string(bytes: Bytes) -> String',
  ),
  ...plain(
    'timestamp_to_string(time: Timestamp) -> String',
    'timestamp_to_int(time: Timestamp) -> Int64',
    'timestamp_from_int(milliseconds: Int64) -> Timestamp',
    'timestamp_parse_iso(text: String) -> Option<Timestamp>',
    'timestamp_add(time: Timestamp, milliseconds: Int64) -> Timestamp',
    'timestamp_diff(time: Timestamp, earlier: Timestamp) -> Int64',
  ),
  ...plain(
    'regex_match(pattern: String, text: String) -> Bool',
    'regex_captures(pattern: String, text: String) -> Option<List<String>>',
    'json_parse(json: String) -> Option<Map<String, String>>',
    'json_parse_object(json: String) -> Result<Map<String, String>, String>',
    'json_stringify(map: Map<String, String>) -> String',
    'json_stringify_object(map: Map<String, String>) -> String',
  ),
  ...plain(
    'arena_save() -> Int64',
    'arena_restore(mark: Int64) -> Unit',
    'arena_restore_keeping_str(mark: Int64, text: String) -> String',
    'memory_stats() -> String',
  ),
  ...withEffect('Time', 'now() -> Timestamp', 'sleep(milliseconds: Int64) -> Unit'),
  ...withEffect('Random', 'random_int(least: Int64, most: Int64) -> Int64', 'random_float() -> Float64'),
  ...plain(
    'sha256(text: String) -> String',
    'url_encode(text: String) -> String',
    'url_decode(text: String) -> String',
    'json_get(json: String, key: String) -> Option<String>',
    'json_get_path(json: String, path: String) -> Option<String>',
    'json_get_nested(json: String, path: String) -> Option<String>',
    'json_array_length(json: String) -> Option<Int64>',
    'json_array_get(json: String, index: Int64) -> Option<String>',
    'json_keys(json: String) -> Option<List<String>>',
    'json_escape_string(text: String) -> String',
  ),
  ...withEffect(
    'Log',
    'print_string(text: String) -> Unit',
    'print_no_newline(text: String) -> Unit',
    'print_int(value: Int64) -> Unit',
    'print_float(value: Float64) -> Unit',
    'log_info(text: String) -> Unit',
    'log_warn(text: String) -> Unit',
    'print_stderr(text: String) -> Unit',
  ),
  ...withEffect(
    'Test',
    'assert_eq(actual: Int64, expected: Int64) -> Unit',
    'assert_eq_float(actual: Float64, expected: Float64) -> Unit',
    'assert_eq_string(actual: String, expected: String) -> Unit',
    'assert_true(condition: Bool) -> Unit',
    'assert_false(condition: Bool) -> Unit',
  ),
];
