import { expect, test } from '@jest/globals';
import { compileTests, formatDiagnostic } from '@clarity-runtime/compiler';
import { BUILTIN_ROWS, type BuiltinRow } from '../../src/builtins/builtin-rows.ts';
import { importsOf } from '../support/wasm-reader.ts';

/** Host functions of the ABI by type. */
const ABI: readonly (readonly [types: string, names: string])[] = [
  [
    'i32->i32',
    '__alloc trim trim_start trim_end to_uppercase to_lowercase split_lines chars string_to_int string_to_float',
  ],
  ['i32->i32', 'timestamp_parse_iso url_encode url_decode sha256 bytes_from_string bytes_to_string json_parse'],
  ['i32->i32', 'json_parse_object json_stringify json_stringify_object json_array_length json_keys json_escape_string'],
  ['i32->i32', 'map_keys_str map_keys_i64 map_values_i32 map_values_i64'],
  ['i32,i32->i32', 'string_concat string_eq contains string_starts_with string_ends_with split list_tail list_reverse'],
  ['i32,i32->i32', 'list_append_i32 bytes_concat map_has_str map_get_str_i32 map_get_str_i64 map_remove_str json_get'],
  ['i32,i32->i32', 'json_get_path json_get_nested regex_match regex_captures'],
  ['i32,i32,i32->i32', 'string_replace list_concat map_set_str_i32'],
  ['i32->i64', 'string_length char_code list_length map_size bytes_length'],
  ['i32,i32->i64', 'index_of'],
  ['i32,i64->i64', 'list_get_i64 bytes_get'],
  ['i32,i64->i32', 'char_at string_repeat list_get_i32 list_append_i64 json_array_get map_has_i64 map_get_i64_i32'],
  ['i32,i64->i32', 'map_get_i64_i64 map_remove_i64'],
  ['i32,i64,i64->i32', 'substring list_set_i64 bytes_set bytes_slice map_set_i64_i64'],
  ['i32,i64,i32->i32', 'pad_left pad_right list_set_i32 map_set_i64_i32'],
  ['i32,i32,i64->i32', 'map_set_str_i64'],
  ['i64->i32', 'char_from_code int_to_string bytes_new timestamp_to_string'],
  ['i64->f64', 'int_to_float'],
  ['f64->i64', 'float_to_int'],
  ['f64->i32', 'float_to_string'],
  ['i64->i64', 'abs_int timestamp_to_int timestamp_from_int'],
  ['i64,i64->i64', 'min_int max_int timestamp_add timestamp_diff random_int'],
  ['i64,i64,i64->i64', 'int_clamp'],
  ['f64->f64', 'sqrt floor ceil log log2 log10 exp sin cos tan'],
  ['f64,f64->f64', 'pow atan2 f64_rem'],
  ['f64,f64,f64->f64', 'float_clamp'],
  ['->i32', 'map_new memory_stats'],
  ['->i64', 'arena_save now'],
  ['->f64', 'random_float'],
  ['i64,i32->i32', 'arena_restore_keeping_str'],
  ['i32->', 'print_string print_no_newline log_info log_warn print_stderr assert_true assert_false'],
  ['i64->', 'arena_restore print_int sleep'],
  ['f64->', 'print_float'],
  ['i64,i64->', 'assert_eq'],
  ['f64,f64->', 'assert_eq_float'],
  ['i32,i32->', 'assert_eq_string'],
];

const TYPE_OF = new Map(
  ABI.flatMap(([types, names]) => names.split(' ').map((name): [string, string] => [name, types])),
);

/** Returns a test function that calls the builtin with its own parameters; a test can assert. */
function caller({ signature, effect }: BuiltinRow, types: Readonly<Record<string, string>>): string {
  const name = signature.slice(0, signature.search(/[<(]/));
  const typed = signature.slice(signature.indexOf('(')).replace(/\b[TKV]\b/g, (letter) => types[letter] ?? letter);
  const names = [...typed.matchAll(/(\w+):/g)].map(([, parameter]) => parameter);
  const effects = effect === undefined ? '' : `effect[${effect}] `;
  return `${effects}function test_use${typed} { ${name}(${names.join(', ')}) }`;
}

function compiled(declarations: string): Uint8Array<ArrayBuffer> {
  const compilation = compileTests({ file: 'use.clarity', text: `module use\n${declarations}` });
  if (!compilation.ok) throw new Error(compilation.diagnostics.map(formatDiagnostic).join('\n'));
  return new Uint8Array(compilation.wasm);
}

const CHOICES = [
  { T: 'Int64', K: 'String', V: 'Float64' },
  { T: 'String', K: 'Int64', V: 'Bool' },
  { T: 'Float64', K: 'String', V: 'String' },
  { T: 'Bool', K: 'Int64', V: 'Timestamp' },
];

test.each(BUILTIN_ROWS.map((row) => [row.signature, row] as const))(
  '%s imports the host function with the type of the ABI',
  (_, row) => {
    const used = CHOICES.map((types) => {
      const wasm = compiled(caller(row, types));
      expect(WebAssembly.validate(wasm)).toBe(true);
      return importsOf(wasm);
    });
    for (const imports of used) {
      const [first = ''] = imports;
      const name = first.slice(0, first.indexOf(':'));
      expect(imports).toEqual([`${name}: ${TYPE_OF.get(name) ?? 'not in the ABI'}`]);
    }
  },
);

test('every host function of the table is used by a builtin or operator', () => {
  const operators = 'function test_f(x: Float64) -> List<Float64> { [x % 2.0] }';
  const sources = BUILTIN_ROWS.flatMap((row) => CHOICES.map((types) => caller(row, types)));
  const reached = new Set([operators, ...sources].flatMap((source) => importsOf(compiled(source))));
  expect([...TYPE_OF].map(([name, types]) => `${name}: ${types}`).filter((entry) => !reached.has(entry))).toEqual([]);
});
