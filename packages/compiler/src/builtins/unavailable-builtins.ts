/** Builtins of the language that this compiler does not support, by required effect or area. */
const UNAVAILABLE: readonly (readonly [string, string])[] = [
  ['policy checks', 'policy_is_url_allowed policy_is_effect_allowed'],
  ['the effect FileSystem', 'read_line read_line_or_eof read_all_stdin stdin_try_read stdin_eof_detected read_file'],
  ['the effect FileSystem', 'write_file list_dir file_exists remove_file make_dir get_args exit'],
  ['the effect FileSystem', 'fs_watch_start fs_watch_next fs_watch_stop'],
  ['the effect Network', 'http_get http_post http_request http_request_full http_listen http_next_request'],
  ['the effect Network', 'http_respond http_close_server http_start_sse http_send_sse_event http_close_sse'],
  ['the effect Network', 'sse_connect sse_next_event sse_next_event_timeout sse_close'],
  ['the effect Network', 'mux_open mux_add mux_next mux_remove mux_close'],
  ['the effect Model', 'call_model call_model_system list_models stream_start stream_next stream_close'],
  ['the effect Embed', 'embed_text embed_and_retrieve cosine_similarity chunk_text'],
  ['the effect Eval', 'eval_exact eval_contains eval_llm_judge eval_semantic'],
  ['the effect Secret', 'get_secret'],
  ['the effect MCP', 'mcp_connect mcp_list_tools mcp_call_tool mcp_disconnect'],
  ['the effect A2A', 'a2a_discover a2a_submit a2a_poll a2a_cancel'],
  ['the effect Trace', 'trace_start trace_end trace_log'],
  ['the effect Persist', 'checkpoint_save checkpoint_load checkpoint_delete checkpoint_save_raw'],
  ['the effect HumanInLoop', 'hitl_ask'],
  ['the effect TTY', 'tty_is_tty tty_term_width tty_term_height tty_enter_raw tty_exit_raw tty_clear_line'],
  ['the effect TTY', 'tty_hide_cursor tty_show_cursor tty_read_key tty_cursor_up tty_cursor_down'],
  ['the effect TTY', 'tty_cursor_to_col tty_read_numeric_choice'],
];

/** Required effect or area by name of the builtin. */
export const UNAVAILABLE_BUILTINS: ReadonlyMap<string, string> = new Map(
  UNAVAILABLE.flatMap(([need, names]) => names.split(' ').map((name): [string, string] => [name, need])),
);
