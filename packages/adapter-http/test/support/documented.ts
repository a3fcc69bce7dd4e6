import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Daemon } from './daemon.ts';
import { ask, type Answer } from './http-client.ts';

type Headers = Readonly<Record<string, string>>;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly [more: string]: unknown;
}

/** Sends requests and validates each response against the OpenAPI document of the daemon. */
export class Documented {
  readonly document: OpenApi;
  /** Operations with a validated 200 response. */
  readonly seen = new Set<string>();
  readonly #daemon: Daemon;
  readonly #headers: Headers;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });

  private constructor(daemon: Daemon, document: OpenApi, headers: Headers) {
    this.#daemon = daemon;
    this.#headers = headers;
    this.document = document;
    this.#ajv.addSchema(closed(document), 'document');
  }

  /** Every request has `headers`. */
  static async of(daemon: Daemon, headers: Headers = {}): Promise<Documented> {
    const { body } = await ask(daemon, '/api/openapi.json', { headers });
    return new Documented(daemon, body as unknown as OpenApi, headers);
  }

  /** `path` is the route with `id` in place of its parameter. Throws if the document does not describe the response. */
  async ask(
    method: string,
    path: string,
    asked: { id?: string; query?: string; json?: unknown; headers?: Headers } = {},
  ): Promise<Answer> {
    const { id = '', query = '', json, headers = {} } = asked;
    const sent = { method, json, headers: { ...this.#headers, ...headers } };
    const answer = await ask(this.#daemon, path.replace('{id}', id) + query, sent);
    const fits = this.#schema(method, path, answer.status);
    if (!fits(answer.body)) {
      const problem = this.#ajv.errorsText(fits.errors);
      throw new Error(`${method} ${path} ${String(answer.status)}: ${problem}\n${JSON.stringify(answer.body)}`);
    }
    if (answer.status === 200) this.seen.add(`${method} ${path}`);
    return answer;
  }

  #schema(method: string, path: string, status: number): ValidateFunction {
    const given = this.document.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
    if (given === undefined) throw new Error(`the document has no response ${String(status)} of ${method} ${path}`);
    const at =
      '$ref' in given
        ? String(given.$ref)
        : `#/paths/${escaped(path)}/${method.toLowerCase()}/responses/${String(status)}`;
    return this.#ajv.compile({ $ref: `document${at}/content/application~1json/schema` });
  }
}

/** Returns all operations of the document, sorted. */
export const operationsOf = ({ document }: Documented): readonly string[] =>
  Object.entries(document.paths)
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();

const escaped = (path: string): string => encodeURIComponent(path.replaceAll('/', '~1'));

/** Returns the document with closed schemas: a response member that a schema does not name is an error. */
function closed({ components, ...document }: OpenApi): OpenApi {
  return { ...document, components: { ...components, schemas: close(components.schemas) } };
}

function close<T>(value: T): T {
  if (Array.isArray(value)) return value.map(close) as T;
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, close(part as unknown)]));
  const isOpen = inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return (isOpen ? { ...inner, additionalProperties: false } : inner) as T;
}
