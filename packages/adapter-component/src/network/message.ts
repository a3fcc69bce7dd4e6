import { Buffer } from 'node:buffer';

/** Request of a guest to the daemon. */
export interface EgressHead {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly hasBody: boolean;
}

/** Reply of the daemon: a response with a body, or a failure. */
export type ReplyHead =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: readonly (readonly [name: string, value: string])[];
    }
  | { readonly type: 'failure'; readonly code: string };

/** Encodes a head and a body: length of the JSON, JSON, body. */
export function encodeMessage(head: EgressHead | ReplyHead, body: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, body]);
}

/** Returns the parts of a message of the other side. @throws RangeError, SyntaxError when the bytes are not a message. */
export function decodeMessage(bytes: Buffer): { readonly head: unknown; readonly body: Uint8Array } {
  const end = 4 + bytes.readUInt32LE(0);
  if (end > bytes.length) throw new RangeError('the message is incomplete');
  return { head: JSON.parse(bytes.toString('utf8', 4, end)) as unknown, body: bytes.subarray(end) };
}
