import { failure, isClarityError } from '../../domain/errors/clarity-error.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Endpoint } from './endpoints.ts';
import { isNotFound, resourceNotFound } from './error-mapping.ts';
import type { BridgedRequest, EraBridge } from './era-bridge.ts';

/** A request of a client before its service is known. */
export type ContentRequest = Omit<BridgedRequest, 'service'>;

/** Maximum count of services that receive a request for an unlisted resource, one after another. */
const MAX_ASKED = 16;
const NO_COMPLETION: McpReply = { result: RawJson.of({ completion: { values: [], total: 0, hasMore: false } }) };

/** Routes requests for prompts, resources and completions to a service. */
export class ContentRouter {
  readonly #bridge: EraBridge;

  constructor(bridge: EraBridge) {
    this.#bridge = bridge;
  }

  async prompt({ prompts }: Endpoint, call: ContentRequest): Promise<McpReply> {
    const name = call.request.params.get('name')?.value;
    if (typeof name !== 'string' || name === '') return invalid('prompts/get needs params.name, a string');
    const route = prompts.routes.get(name);
    if (route === undefined) return invalid(`unknown prompt: ${toPrintableAscii(name)}`);
    const { name: own, requiresClientCapability } = route.definition;
    return this.#send(route.service, { ...withParam(call, 'name', RawJson.of(own)), requiresClientCapability });
  }

  /** Finds the service by the lists, then by the templates, then by asking each service in order. */
  async resource({ resources }: Endpoint, call: ContentRequest): Promise<McpReply> {
    const uri = call.request.params.get('uri')?.value;
    if (typeof uri !== 'string' || uri === '') return invalid('resources/read needs params.uri, a string');
    const candidates = resources.candidates(uri).slice(0, MAX_ASKED);
    for (const service of candidates) {
      const reply = await this.#send(service, call);
      const isOnly = candidates.length === 1;
      if (!('error' in reply) || (isOnly && reply.error.code !== RpcCode.methodNotFound)) return reply;
      if (!isNotFound(reply.error)) return reply;
    }
    return { error: resourceNotFound(call.client.scope.era, uri) };
  }

  async completion(endpoint: Endpoint, call: ContentRequest): Promise<McpReply> {
    const ref = call.request.params.get('ref');
    const members = ref === undefined ? new Map<string, RawJson>() : membersOf(ref);
    const isPrompt = members.get('type')?.value === 'ref/prompt';
    const named = members.get(isPrompt ? 'name' : 'uri')?.value;
    if (ref === undefined || typeof named !== 'string') return invalid('params.ref must name a prompt or a resource');
    if (!isPrompt) {
      const { resources } = endpoint;
      const service = resources.ofTemplate(named) ?? resources.candidates(named)[0];
      return service === undefined ? NO_COMPLETION : this.#completed(service, call);
    }
    const route = endpoint.prompts.routes.get(named);
    if (route === undefined) return invalid(`unknown prompt: ${toPrintableAscii(named)}`);
    const own = objectOf(new Map(members).set('name', RawJson.of(route.definition.name)));
    return this.#completed(route.service, withParam(call, 'ref', own));
  }

  /** Returns an empty completion when the service replies `-32601` (method not found). */
  async #completed(service: Service, call: ContentRequest): Promise<McpReply> {
    const reply = await this.#send(service, call);
    return 'error' in reply && reply.error.code === RpcCode.methodNotFound ? NO_COMPLETION : reply;
  }

  async #send(service: Service, call: ContentRequest): Promise<McpReply> {
    try {
      return await this.#bridge.send({ ...call, service });
    } catch (error) {
      const { message, hint } = isClarityError(error)
        ? error.failure
        : failure('INTERNAL', 'the service connection failed');
      return { error: { code: RpcCode.internalError, message: `${message}; ${hint}` } };
    }
  }
}

const withParam = (call: ContentRequest, name: string, value: RawJson): ContentRequest => {
  const request: McpRequest = { ...call.request, params: new Map(call.request.params).set(name, value) };
  return { ...call, request };
};

const invalid = (message: string): McpReply => ({ error: { code: RpcCode.invalidParams, message } });
