export type Json = Readonly<Record<string, unknown>>;

/** A question of a server to its client, of either era. */
export interface Question {
  readonly method: string;
  readonly params: Json;
}

/** What a modern server still needs before it can answer. */
export class Needed {
  readonly inputRequests: Readonly<Record<string, Question>>;
  readonly requestState: string | undefined;

  constructor(inputRequests: Readonly<Record<string, Question>>, requestState?: string) {
    this.inputRequests = inputRequests;
    this.requestState = requestState;
  }
}

/** What a tool or prompt can do while it runs, whichever SDK serves it. */
export interface Running {
  readonly progressToken: string | number | undefined;
  readonly signal: AbortSignal;
  /** What the client says that it can be asked. */
  readonly capabilities: Json;
  readonly notify: (method: string, params: Json) => Promise<void>;
  /** Legacy era: asks the client while the call waits. */
  readonly request: (question: Question) => Promise<Json>;
  /** A log line on the stream of this call. */
  readonly log: (data: string) => Promise<void>;
  /** Legacy era: ends the stream of this call, which goes on. */
  readonly closeStream: () => void;
  /** Modern era: the answers that a repeated call carries, by the names under which they were asked for. */
  readonly answers: Readonly<Record<string, Json>>;
  /** Modern era: what `seal` made of it in the call before. */
  readonly state: () => Json | undefined;
  readonly seal: (state: Json) => Promise<string>;
  readonly changed: (list: 'tools' | 'prompts') => void;
}

export type Run = (args: Json, running: Running) => Promise<Json | Needed> | Json | Needed;

/** A tool or prompt: what is listed of it, and what it does. */
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

/** A form for a person; all of its fields are required unless it says otherwise. */
export const form = (message: string, properties: Json, required = Object.keys(properties)): Question => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties, required } },
});

/** A request to the client's model. */
export const sampling = (prompt: string, maxTokens: number): Question => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens },
});

export const ROOTS: Question = { method: 'roots/list', params: {} };

/** A field of a form that a person has filled in and accepted. */
export function accepted(answer: Json | undefined, field: string): string | undefined {
  const value = answer?.['action'] === 'accept' ? (Object(answer['content']) as Json)[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The text of what a model answered. */
export function saidBy(answer: Json): string {
  const { content } = answer;
  const block: unknown = Array.isArray(content) ? content[0] : content;
  return String((Object(block) as Json)['text']);
}

/** A picture of one pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
export const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
