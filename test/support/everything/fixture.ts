export type Json = Readonly<Record<string, unknown>>;

/** A request of a server to its client, of either era. */
export interface Question {
  readonly method: string;
  readonly params: Json;
}

/** Input that a modern server needs before it can respond. */
export class Needed {
  readonly inputRequests: Readonly<Record<string, Question>>;
  readonly requestState: string | undefined;

  constructor(inputRequests: Readonly<Record<string, Question>>, requestState?: string) {
    this.inputRequests = inputRequests;
    this.requestState = requestState;
  }
}

/** Operations of a running tool or prompt, independent of the SDK. */
export interface Running {
  readonly progressToken: string | number | undefined;
  readonly signal: AbortSignal;
  /** Capabilities that the client declares. */
  readonly capabilities: Json;
  readonly notify: (method: string, params: Json) => Promise<void>;
  /** Legacy era: sends a request to the client during the call. */
  readonly request: (question: Question) => Promise<Json>;
  /** Writes a log message to the stream of this call. */
  readonly log: (data: string) => Promise<void>;
  /** Legacy era: ends the stream of this call. The call continues. */
  readonly closeStream: () => void;
  /** Modern era: responses of a repeated call by the names of their requests. */
  readonly answers: Readonly<Record<string, Json>>;
  /** Modern era: the sealed state of the previous call. */
  readonly state: () => Json | undefined;
  readonly seal: (state: Json) => Promise<string>;
  readonly changed: (list: 'tools' | 'prompts') => void;
}

export type Run = (args: Json, running: Running) => Promise<Json | Needed> | Json | Needed;

/** A tool or prompt with its definition and its handler. */
export interface Fixture {
  readonly definition: Json & { readonly name: string };
  readonly run: Run;
}

const NO_ARGUMENTS = { type: 'object', properties: {} };

export const tool = (name: string, run: Run, more: Json = {}): Fixture => ({
  definition: { name, description: `The fixture ${name}`, inputSchema: NO_ARGUMENTS, ...more },
  run,
});

export const text = (value: string): Json => ({ content: [{ type: 'text', text: value }] });

export const textProperties = (...names: readonly string[]): Json => ({
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', description: name }])),
    required: names,
  },
});

/** A form for a person. All fields are required by default. */
export const form = (message: string, properties: Json, required = Object.keys(properties)): Question => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties, required } },
});

/** A request to the model of the client. */
export const sampling = (prompt: string, maxTokens: number): Question => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens },
});

export const ROOTS: Question = { method: 'roots/list', params: {} };

/** Returns a field of an accepted form. */
export function accepted(answer: Json | undefined, field: string): string | undefined {
  const value = answer?.['action'] === 'accept' ? (Object(answer['content']) as Json)[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Returns the text of a model response. */
export function saidBy(answer: Json): string {
  const { content } = answer;
  const block: unknown = Array.isArray(content) ? content[0] : content;
  return String((Object(block) as Json)['text']);
}

/** A picture of one pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
export const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
