import { Buffer } from 'node:buffer';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** The parts of WASI 0.2 that the component uses, as the packages of WASI have them. */
const WIT = `package test:http;

world guest {
  import wasi:http/outgoing-handler@0.2.0;
  export send: func(post: bool, authority: string, path: string, body: list<u8>, ends: bool) -> result<tuple<u16, list<u8>>, u8>;
}

package wasi:io@0.2.0 {
  interface error { resource error; }
  interface poll { resource pollable { block: func(); } }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(error), closed }
    resource input-stream { blocking-read: func(len: u64) -> result<list<u8>, stream-error>; }
    resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
  }
}

package wasi:http@0.2.0 {
  interface types {
    use wasi:io/poll@0.2.0.{pollable};
    use wasi:io/streams@0.2.0.{input-stream, output-stream};
    variant method { get, head, post, put, delete, connect, options, trace, patch, other(string) }
    variant scheme { HTTP, HTTPS, other(string) }
    variant error-code {
      destination-unavailable, destination-IP-prohibited, connection-terminated, connection-limit-reached,
      HTTP-request-URI-invalid, HTTP-response-body-size(option<u64>), HTTP-response-timeout, HTTP-protocol-error,
      internal-error(option<string>),
    }
    variant header-error { invalid-syntax, forbidden, immutable }
    resource fields {
      constructor();
      append: func(name: string, value: list<u8>) -> result<_, header-error>;
    }
    resource request-options;
    resource outgoing-body {
      write: func() -> result<output-stream>;
      finish: static func(this: outgoing-body, trailers: option<fields>) -> result<_, error-code>;
    }
    resource outgoing-request {
      constructor(headers: fields);
      body: func() -> result<outgoing-body>;
      set-method: func(method: method) -> result;
      set-path-with-query: func(path-with-query: option<string>) -> result;
      set-scheme: func(scheme: option<scheme>) -> result;
      set-authority: func(authority: option<string>) -> result;
    }
    resource incoming-body { %stream: func() -> result<input-stream>; }
    resource incoming-response { status: func() -> u16; consume: func() -> result<incoming-body>; }
    resource future-incoming-response {
      subscribe: func() -> pollable;
      get: func() -> option<result<result<incoming-response, error-code>>>;
    }
  }
  interface outgoing-handler {
    use types.{outgoing-request, request-options, future-incoming-response, error-code};
    handle: func(request: outgoing-request, options: option<request-options>) -> result<future-incoming-response, error-code>;
  }
}
`;

/** Names of the cases of `error-code`, which `send` returns as numbers. */
export const ERROR_CODES = [
  'destination-unavailable',
  'destination-IP-prohibited',
  'connection-terminated',
  'connection-limit-reached',
  'HTTP-request-URI-invalid',
  'HTTP-response-body-size',
  'HTTP-response-timeout',
  'HTTP-protocol-error',
  'internal-error',
] as const;

/** `send` sends one request over http with a header, reads the response, and returns status and body, or the error. */
const CORE = `(module
  (import "wasi:http/types@0.2.0" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.0" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.0" "[constructor]outgoing-request" (func $request (param i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-method" (func $method (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-scheme" (func $scheme (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-authority" (func $authority (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.set-path-with-query" (func $path (param i32 i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-request.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]outgoing-body.write" (func $writer (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[static]outgoing-body.finish" (func $finish (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
  (import "wasi:http/outgoing-handler@0.2.0" "handle" (func $handle (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]future-incoming-response.subscribe" (func $subscribe (param i32) (result i32)))
  (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
  (import "wasi:http/types@0.2.0" "[method]future-incoming-response.get" (func $get (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-response.status" (func $status (param i32) (result i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-response.consume" (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.0" "[method]incoming-body.stream" (func $stream (param i32 i32)))
  (import "wasi:io/streams@0.2.0" "[method]input-stream.blocking-read" (func $read (param i32 i64 i32)))
  (memory (export "memory") 2)
  (data (i32.const 512) "x-guestyes")
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func $failed (param $code i32) (result i32)
    (i32.store8 (i32.const 16) (i32.const 1))
    (i32.store8 (i32.const 20) (local.get $code))
    (i32.const 16))
  (func (export "send") (param $post i32) (param $a i32) (param $an i32) (param $p i32) (param $pn i32) (param $b i32) (param $bn i32)
    (param $ends i32) (result i32)
    (local $fs i32) (local $req i32) (local $bd i32) (local $w i32) (local $fut i32) (local $res i32) (local $to i32) (local $n i32)
    (local.set $fs (call $fields))
    (call $append (local.get $fs) (i32.const 512) (i32.const 7) (i32.const 519) (i32.const 3) (i32.const 64))
    (local.set $req (call $request (local.get $fs)))
    (drop (call $method (local.get $req) (select (i32.const 2) (i32.const 0) (local.get $post)) (i32.const 0) (i32.const 0)))
    (drop (call $scheme (local.get $req) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (call $authority (local.get $req) (i32.const 1) (local.get $a) (local.get $an)))
    (drop (call $path (local.get $req) (i32.const 1) (local.get $p) (local.get $pn)))
    (if (local.get $post) (then
      (call $body (local.get $req) (i32.const 64))
      (local.set $bd (i32.load (i32.const 68)))))
    (call $handle (local.get $req) (i32.const 0) (i32.const 0) (i32.const 64))
    (if (i32.load8_u (i32.const 64)) (then (return (call $failed (i32.load8_u (i32.const 72))))))
    (local.set $fut (i32.load (i32.const 72)))
    (if (local.get $post) (then
      (call $writer (local.get $bd) (i32.const 64))
      (local.set $w (i32.load (i32.const 68)))
      (call $write (local.get $w) (local.get $b) (local.get $bn) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then (return (call $failed (i32.const 100)))))
      (call $drop (local.get $w))
      (if (local.get $ends) (then (call $finish (local.get $bd) (i32.const 0) (i32.const 0) (i32.const 64))))))
    (call $block (call $subscribe (local.get $fut)))
    (call $get (local.get $fut) (i32.const 64))
    (if (i32.load8_u (i32.const 80)) (then (return (call $failed (i32.load8_u (i32.const 88))))))
    (local.set $res (i32.load (i32.const 88)))
    (i32.store8 (i32.const 16) (i32.const 0))
    (i32.store16 (i32.const 20) (call $status (local.get $res)))
    (call $consume (local.get $res) (i32.const 64))
    (call $stream (i32.load (i32.const 68)) (i32.const 64))
    (local.set $w (i32.load (i32.const 68)))
    (local.set $to (i32.const 65536))
    (block $end (loop $more
      (call $read (local.get $w) (i64.const 16) (i32.const 64))
      (br_if $end (i32.load8_u (i32.const 64)))
      (local.set $n (i32.load (i32.const 72)))
      (memory.copy (local.get $to) (i32.load (i32.const 68)) (local.get $n))
      (local.set $to (i32.add (local.get $to) (local.get $n)))
      (br $more)))
    (i32.store (i32.const 24) (i32.const 65536))
    (i32.store (i32.const 28) (i32.sub (local.get $to) (i32.const 65536)))
    (i32.const 16)))`;

/** Returns a component with `send(post, authority, path, body, ends) -> result<tuple<u16, list<u8>>, u8>`. */
export async function httpComponent(): Promise<Uint8Array> {
  const embedded = await componentEmbed({ binary: await parse(CORE), witSource: WIT, world: 'guest' });
  return Uint8Array.from(Buffer.from(await componentNew(embedded, [])));
}
