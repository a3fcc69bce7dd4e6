/**
 * The `Transport` of the official SDK, versions 1 and 2, as far as an in-process link needs it. It has no import of the SDK,
 * so that a program installs only the package that it uses.
 */
export interface SdkTransport {
  start(): Promise<void>;
  /** Rejects if the transport is not open. */
  send(message: object): Promise<void>;
  close(): Promise<void>;
  /** Set by the client or server of the SDK. */
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: unknown) => void) | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Returns a message of the SDK as JSON bytes. */
export const bytesOf = (message: object): Uint8Array => encoder.encode(JSON.stringify(message));

/** Returns the message of JSON bytes as the SDK reads it: numbers are doubles. */
export const messageOf = (...parts: readonly (Uint8Array | string)[]): unknown =>
  JSON.parse(parts.map((part) => (typeof part === 'string' ? part : decoder.decode(part))).join(''));
