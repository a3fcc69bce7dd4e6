import { IMPLEMENTATIONS } from './implementations.ts';
import { TEST_IMPORTS } from './test-imports.ts';
import type { CoreType } from '../marshalling/layout.ts';

/** Host functions of one effect with equal core types: `params->result`, then the names. */
export type ImportRow = readonly [effect: string, types: string, names: string];

/** All functions of the module `env` of the Clarity ABI. */
export const IMPORT_ROWS: readonly ImportRow[] = [
  ['pure', 'i32->i32', '__alloc'],
  ['pure', '->i64', 'arena_save mux_open'],
  ['pure', 'i64->', 'arena_restore'],
  ['pure', 'i64,i32->i32', 'arena_restore_keeping_str'],
  ['pure', '->i32', 'memory_stats map_new tty_is_tty'],
  ['pure', 'i32,i32->i32', 'string_concat string_eq contains string_starts_with string_ends_with split'],
  ['pure', 'i32->i64', 'string_length char_code list_length list_head_i64 map_size bytes_length'],
  ['pure', 'i32,i64,i64->i32', 'substring list_set_i64 bytes_set bytes_slice map_set_i64_i64'],
  ['pure', 'i32,i64->i32', 'char_at string_repeat list_get_i32 list_append_i64 json_array_get chunk_text'],
  ['pure', 'i32,i32->i64', 'index_of'],
  ['pure', 'i32->i32', 'trim trim_start trim_end to_uppercase to_lowercase split_lines chars'],
  ['pure', 'i32,i32,i32->i32', 'string_replace list_concat map_set_str_i32'],
  ['pure', 'i32,i64,i32->i32', 'pad_left pad_right list_set_i32 map_set_i64_i32'],
  ['pure', 'i64->i32', 'char_from_code int_to_string bytes_new timestamp_to_string'],
  ['pure', 'i64->f64', 'int_to_float'],
  ['pure', 'f64->i64', 'float_to_int'],
  ['pure', 'f64->i32', 'float_to_string'],
  ['pure', 'i32->i32', 'string_to_int string_to_float timestamp_parse_iso url_encode url_decode sha256'],
  ['pure', 'i64->i64', 'abs_int timestamp_to_int timestamp_from_int'],
  ['pure', 'i64,i64->i64', 'min_int max_int timestamp_add timestamp_diff'],
  ['pure', 'i64,i64,i64->i64', 'int_clamp'],
  ['pure', 'f64,f64,f64->f64', 'float_clamp'],
  ['pure', 'f64->f64', 'sqrt floor ceil log log2 log10 exp sin cos tan'],
  ['pure', 'f64,f64->f64', 'pow atan2 f64_rem'],
  ['pure', 'i32,i64->i64', 'list_get_i64 bytes_get'],
  ['pure', 'i32,i32->i32', 'list_tail list_reverse list_append_i32 bytes_concat'],
  ['pure', 'i32,i32->i32', 'map_has_str map_get_str_i32 map_get_str_i64 map_remove_str'],
  ['pure', 'i32,i32,i64->i32', 'map_set_str_i64'],
  ['pure', 'i32,i64->i32', 'map_has_i64 map_get_i64_i32 map_get_i64_i64 map_remove_i64'],
  ['pure', 'i32->i32', 'map_keys_str map_keys_i64 map_values_i32 map_values_i64 bytes_from_string bytes_to_string'],
  ['pure', 'i32->i32', 'json_parse json_stringify json_parse_object json_stringify_object json_array_length'],
  ['pure', 'i32->i32', 'json_keys json_escape_string policy_is_url_allowed policy_is_effect_allowed'],
  ['pure', 'i32,i32->i32', 'json_get json_get_path json_get_nested regex_match regex_captures'],
  ['pure', 'i32,i32->i32', 'eval_exact eval_contains'],
  ['pure', 'i32,i32->f64', 'cosine_similarity'],
  ['Log', 'i32->', 'print_string print_no_newline log_info log_warn print_stderr'],
  ['Log', 'i64->', 'print_int'],
  ['Log', 'f64->', 'print_float'],
  ['Time', 'i64->', 'sleep'],
  ['Time', '->i64', 'now'],
  ['Random', 'i64,i64->i64', 'random_int'],
  ['Random', '->f64', 'random_float'],
  ['FileSystem', '->i32', 'read_line read_line_or_eof read_all_stdin stdin_eof_detected get_args'],
  ['FileSystem', 'i64->i32', 'stdin_try_read'],
  ['FileSystem', 'i32->i32', 'read_file list_dir file_exists fs_watch_start'],
  ['FileSystem', 'i32,i32->', 'write_file'],
  ['FileSystem', 'i32->', 'remove_file make_dir'],
  ['FileSystem', 'i64->', 'exit fs_watch_stop'],
  ['FileSystem', 'i64,i64->i32', 'fs_watch_next'],
  ['Network', 'i32->i32', 'http_get'],
  ['Network', 'i32,i32->i32', 'http_post sse_connect'],
  ['Network', 'i32,i32,i32,i32->i32', 'http_request http_request_full'],
  ['Network', 'i64->i32', 'http_listen http_next_request sse_next_event'],
  ['Network', 'i64,i64,i32,i32->', 'http_respond'],
  ['Network', 'i64->', 'http_close_server http_close_sse sse_close mux_close'],
  ['Network', 'i64,i32->', 'http_start_sse http_send_sse_event mux_remove'],
  ['Network', 'i64,i64->i32', 'sse_next_event_timeout mux_next'],
  ['Network', 'i64,i32,i32,i32->', 'mux_add'],
  ['Model', 'i32,i32->i32', 'call_model'],
  ['Model', 'i32,i32,i32->i32', 'call_model_system stream_start'],
  ['Model', '->i32', 'list_models'],
  ['Model', 'i64->i32', 'stream_next stream_close'],
  ['Embed', 'i32->i32', 'embed_text'],
  ['Embed', 'i32,i32,i64->i32', 'embed_and_retrieve'],
  ['Eval', 'i32,i32,i32,i32->i32', 'eval_llm_judge'],
  ['Eval', 'i32,i32->i32', 'eval_semantic'],
  ['Secret', 'i32->i32', 'get_secret'],
  ['MCP', 'i32->i32', 'mcp_connect'],
  ['MCP', 'i64->i32', 'mcp_list_tools'],
  ['MCP', 'i64,i32,i32->i32', 'mcp_call_tool'],
  ['MCP', 'i64->', 'mcp_disconnect'],
  ['A2A', 'i32->i32', 'a2a_discover'],
  ['A2A', 'i32,i32->i32', 'a2a_submit a2a_poll a2a_cancel'],
  ['Trace', 'i32->i64', 'trace_start'],
  ['Trace', 'i64->', 'trace_end'],
  ['Trace', 'i64,i32->', 'trace_log'],
  ['Persist', 'i32,i32->i32', 'checkpoint_save checkpoint_save_raw'],
  ['Persist', 'i32->i32', 'checkpoint_load'],
  ['Persist', 'i32->', 'checkpoint_delete'],
  ['HumanInLoop', 'i32,i32->i32', 'hitl_ask'],
  ['TTY', '->i64', 'tty_term_width tty_term_height'],
  ['TTY', '->', 'tty_enter_raw tty_exit_raw tty_clear_line tty_hide_cursor tty_show_cursor'],
  ['TTY', 'i64->i32', 'tty_read_key'],
  ['TTY', 'i64->', 'tty_cursor_up tty_cursor_down tty_cursor_to_col'],
  ['TTY', 'i64->i64', 'tty_read_numeric_choice'],
  ['Test', 'i64,i64->', 'assert_eq'],
  ['Test', 'f64,f64->', 'assert_eq_float'],
  ['Test', 'i32,i32->', 'assert_eq_string'],
  ['Test', 'i32->', 'assert_true assert_false'],
];

export interface ImportSignature {
  readonly params: readonly CoreType[];
  readonly result: CoreType | undefined;
  /** `pure`, or the effect that a Clarity function declares to call it. */
  readonly effect: string;
}

/** All functions of the module `env` of the ABI by name. */
export const IMPORT_SIGNATURES: ReadonlyMap<string, ImportSignature> = new Map(
  IMPORT_ROWS.flatMap(([effect, types, names]) =>
    names.split(' ').map((name): [string, ImportSignature] => [name, { ...readTypes(types), effect }]),
  ),
);

/** The effects that this host grants. A call of any other function throws `CapabilityDenied`. */
export const IMPLEMENTED_IMPORTS: ReadonlySet<string> = new Set(IMPLEMENTATIONS.keys());

/** Additional imports of tests. Services cannot import them. */
export const ASSERTING_IMPORTS: ReadonlySet<string> = new Set(Object.keys(TEST_IMPORTS));

function readTypes(types: string): Pick<ImportSignature, 'params' | 'result'> {
  const [params = '', result = ''] = types.split('->').map((side) => side.split(',').filter((type) => type !== ''));
  return { params: params as CoreType[], result: (result as CoreType[])[0] };
}
