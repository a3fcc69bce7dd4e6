import { objectOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';

interface Question {
  readonly request: McpRequest;
  readonly answer: (reply: McpReply) => void;
}

const MOST_QUESTIONS = 16;
const TOO_MANY: McpReply = { error: { code: RpcCode.internalError, message: 'too many questions are open' } };

/** What a service has asked during one call and nobody has answered yet. */
export class OpenInputs {
  readonly #questions = new Map<string, Question>();
  readonly #refused: () => void;
  #count = 0;
  #wake: () => void = () => undefined;

  /** `refused` is told of each question too many. */
  constructor(refused: () => void) {
    this.#refused = refused;
  }

  ask(request: McpRequest): Promise<McpReply> {
    if (this.#questions.size >= MOST_QUESTIONS) {
      this.#refused();
      return Promise.resolve(TOO_MANY);
    }
    this.#count += 1;
    const key = `input_${String(this.#count)}`;
    return new Promise((resolve) => {
      this.#questions.set(key, { request, answer: resolve });
      this.#wake();
    });
  }

  /** Resolves once there is a question. */
  async wanted(): Promise<undefined> {
    if (this.#questions.size > 0) return undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return undefined;
  }

  /** Answers to other questions than the open ones count for nothing; what is not answered stays open. */
  answer(results: ReadonlyMap<string, RawJson>): void {
    for (const [key, result] of results) {
      this.#questions.get(key)?.answer({ result });
      this.#questions.delete(key);
    }
  }

  /** The open questions as the modern revision puts them. */
  listed(): RawJson {
    const written = [...this.#questions].map(([key, { request }]) => {
      const members = new Map([
        ['method', RawJson.of(request.method)],
        ['params', objectOf(request.params)],
      ]);
      return [key, objectOf(members)] as const;
    });
    return objectOf(new Map(written));
  }
}
