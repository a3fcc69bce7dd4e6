/** The forms of an answer that a client reads. */
export interface Accepted {
  readonly json: boolean;
  /** Asked for by name: whoever takes anything does not expect a stream. */
  readonly stream: boolean;
}

const JSON_TYPE = /(?:^|[\s,])(?:application\/json|application\/\*|\*\/\*)[ \t]*(?:[;,]|$)/i;
const STREAM_TYPE = /(?:^|[\s,])text\/event-stream[ \t]*(?:[;,]|$)/i;

/** Reads an `Accept` header; without one a client takes plain JSON. */
export const acceptedForms = (accept: string | undefined): Accepted =>
  accept === undefined
    ? { json: true, stream: false }
    : { json: JSON_TYPE.test(accept), stream: STREAM_TYPE.test(accept) };
