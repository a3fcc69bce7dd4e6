import { Buffer } from 'node:buffer';
import type { ErrorCode, InterfaceDocument } from '@clarity-runtime/core';
import type { WasmFailureCode, WasmFunction, WasmLimits, WasmModule } from '@clarity-runtime/core/ports';

/** Kinds of frames to a guest host. `id` is the number of the request, and of the module for `close`. */
export const Order = { load: 1, call: 2, cancel: 3, close: 4, ping: 5 } as const;

/** Kinds of frames from a guest host. `id` is the number of the request, and of the module for `log`. */
export const Answer = {
  ready: 16,
  loaded: 17,
  rejected: 18,
  value: 19,
  err: 20,
  failure: 21,
  log: 22,
  pong: 23,
  stats: 24,
} as const;

/** Maximum bytes of one frame: a module of 16 MiB with its interface document. */
export const MAX_FRAME_BYTES = 64 << 20;

export interface LoadMessage {
  readonly key: number;
  readonly document?: InterfaceDocument;
  readonly limits: WasmLimits;
  /** Path of the engine when the bytes are a program. */
  readonly engine?: string;
}

export interface CallMessage {
  readonly key: number;
  readonly deadlineMs: number;
  readonly name: string;
  /** JSON. */
  readonly args: Uint8Array;
}

/** The content of `rejected`. */
export interface Rejection {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The content of `failure`. */
export interface FailedCall {
  readonly code: WasmFailureCode;
  readonly message: string;
}

/** The content of `loaded`. */
export interface LoadedMessage {
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
}

export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Parses a message of our own program on the other side. */
export const decodeJson = (payload: Buffer): unknown => JSON.parse(payload.toString('utf8'));

/** Encodes a module: length of the JSON, JSON, bytes of the module. */
export function encodeLoad(message: LoadMessage, wasm: Uint8Array): readonly Uint8Array[] {
  const json = encodeJson(message);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(json.length, 0);
  return [length, json, wasm];
}

export function decodeLoad(payload: Buffer): { readonly message: LoadMessage; readonly wasm: Uint8Array } {
  const end = 4 + payload.readUInt32LE(0);
  return { message: decodeJson(payload.subarray(4, end)) as LoadMessage, wasm: payload.subarray(end) };
}

const MAX_U32 = 0xffff_ffff;

/** Encodes a call: module, deadline, length of the name, name, arguments. */
export function encodeCall({ key, deadlineMs, name, args }: CallMessage): readonly Uint8Array[] {
  const text = Buffer.from(name);
  const head = Buffer.allocUnsafe(10);
  head.writeUInt32LE(key, 0);
  head.writeUInt32LE(Math.min(MAX_U32, Math.max(1, Math.ceil(deadlineMs))), 4);
  head.writeUInt16LE(text.length, 8);
  return [head, text, args];
}

export function decodeCall(payload: Buffer): CallMessage {
  const end = 10 + payload.readUInt16LE(8);
  return {
    key: payload.readUInt32LE(0),
    deadlineMs: payload.readUInt32LE(4),
    name: payload.toString('utf8', 10, end),
    args: payload.subarray(end),
  };
}
