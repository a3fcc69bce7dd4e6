import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn, knowsOf } from '../../domain/access/decide.ts';
import { failure, isClarityError, type Failure } from '../../domain/errors/clarity-error.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { matchesTemplate } from '../../domain/mcp/uri-template.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import type { Backends } from './backends.ts';
import type { Endpoint } from './endpoint.ts';
import { resourceNotFound } from './error-mapping.ts';
import type { ResourceRoute, ResourceRouter } from './resource-router.ts';
import { reportWaiting, type BridgedRequest } from './bridged-request.ts';
import type { GrantDenials } from './grant-denials.ts';
import type { EraBridge } from './era-bridge.ts';

/** A request of a client before its service is known. */
export type ContentRequest = Omit<BridgedRequest, 'service'>;

const NO_COMPLETION: McpReply = { result: RawJson.of({ completion: { values: [], total: 0, hasMore: false } }) };

export interface ContentRouterDependencies {
  readonly words: FailureWords;
  readonly bridge: EraBridge;
  readonly resources: ResourceRouter;
  readonly backends: Pick<Backends, 'heldContents' | 'snapshot'>;
  readonly contents: Pick<CallGovernance['contents'], 'admitContent'>;
  readonly awaitStart: CallGovernance['awaitStart'];
  readonly denials: GrantDenials;
}

/** Routes requests for prompts, resources and completions to the service that owns the name. No other service reads them. */
export class ContentRouter {
  readonly #dependencies: ContentRouterDependencies;

  constructor(dependencies: ContentRouterDependencies) {
    this.#dependencies = dependencies;
  }

  async prompt({ prompts }: Endpoint, call: ContentRequest): Promise<McpReply> {
    const name = call.request.params.get('name')?.value;
    if (typeof name !== 'string' || name === '') return invalid('prompts/get needs params.name, a string');
    const route = prompts.routes.get(name);
    if (route === undefined) return unknownPrompt(name);
    const { name: own, requiresClientCapability, requiresPages } = route.definition;
    const refused = this.#refusePrompt(route.service, call, own);
    if (refused !== undefined) return refused;
    return this.#send(route.service, {
      ...withParam(call, 'name', RawJson.of(own)),
      requiresClientCapability,
      requiresPages,
    });
  }

  async resource(endpoint: Endpoint, call: ContentRequest): Promise<McpReply> {
    const uri = call.request.params.get('uri')?.value;
    if (typeof uri !== 'string' || uri === '') return invalid('resources/read needs params.uri, a string');
    const route = this.resourceRoute(endpoint, call.client, uri);
    if ('error' in route) return route;
    return this.#send(route.service, route.uri === uri ? call : withParam(call, 'uri', RawJson.of(route.uri)));
  }

  /** Returns the owner of a URI, or the error of a URI that the client cannot use. */
  resourceRoute(
    endpoint: Endpoint,
    { scope }: ContentRequest['client'],
    uri: string,
  ): ResourceRoute | Extract<McpReply, { error: unknown }> {
    const route = this.#dependencies.resources.route(endpoint, scope, uri);
    if (route === undefined || !knowsOf(scope.caller, route.service.namespace, route.uri, 'resource'))
      return { error: resourceNotFound(scope.era, uri) };
    return this.#refuse('resources', { route, caller: scope.caller }, uri) ?? route;
  }

  async completion(endpoint: Endpoint, call: ContentRequest): Promise<McpReply> {
    const ref = call.request.params.get('ref');
    const members = ref === undefined ? new Map<string, RawJson>() : membersOf(ref);
    const isPrompt = members.get('type')?.value === 'ref/prompt';
    const named = members.get(isPrompt ? 'name' : 'uri')?.value;
    if (ref === undefined || typeof named !== 'string') return invalid('params.ref must name a prompt or a resource');
    if (!isPrompt) {
      const { resources } = this.#dependencies;
      const route = resources.routeOfTemplate(endpoint, named) ?? resources.route(endpoint, call.client.scope, named);
      if (route === undefined || !knowsOf(call.client.scope.caller, route.service.namespace, route.uri, 'resource'))
        return invalid(`unknown resource or template: ${toPrintableAscii(named)}`);
      const refused = this.#refuse('resources', { route, caller: call.client.scope.caller }, named);
      if (refused !== undefined) return refused;
      const own = objectOf(new Map(members).set('uri', RawJson.of(route.uri)));
      return this.#completed(route.service, route.uri === named ? call : withParam(call, 'ref', own));
    }
    const route = endpoint.prompts.routes.get(named);
    if (route === undefined) return unknownPrompt(named);
    const refused = this.#refusePrompt(route.service, call, route.definition.name);
    if (refused !== undefined) return refused;
    const own = objectOf(new Map(members).set('name', RawJson.of(route.definition.name)));
    return this.#completed(route.service, withParam(call, 'ref', own));
  }

  #refusePrompt(service: Service, { client: { scope } }: ContentRequest, own: string) {
    return this.#refuse('prompts', { route: { service, uri: own }, caller: scope.caller }, own);
  }

  /** Returns the error of a prompt or a resource that the policy denies or that is in quarantine. */
  #refuse(
    kind: 'prompts' | 'resources',
    { route: { service, uri }, caller }: { readonly route: ResourceRoute; readonly caller: Caller },
    shown: string,
  ): Extract<McpReply, { error: unknown }> | undefined {
    const { backends, contents, denials } = this.#dependencies;
    const item = kind === 'prompts' ? 'prompt' : 'resource';
    if (!allowsOn(caller, 'call', service.namespace, uri, item)) {
      const item = { serviceId: service.serviceId, name: uri };
      return denials.reply({
        caller,
        grant: 'call',
        action: kind === 'prompts' ? 'prompts/get' : 'resources/read',
        item,
      });
    }
    try {
      contents.admitContent({ service, caller }, kind, uri);
    } catch (error) {
      const { message, hint } = this.#dependencies.words(failureOf(error));
      return { error: { code: RpcCode.invalidRequest, message: `${message}; ${hint}` } };
    }
    const held = backends.heldContents(service.serviceId);
    const isOfHeldTemplate = (): boolean =>
      [...held.resourceTemplates].some((template) => template === uri || matchesTemplate(template, uri)) &&
      backends.snapshot(service.serviceId)?.resources.some((resource) => resource.uri === uri) !== true;
    if (!held[kind].has(uri) && (kind === 'prompts' || !isOfHeldTemplate())) return undefined;
    const { message, hint } = this.#dependencies.words(failure('CONTENT_QUARANTINED', toPrintableAscii(shown)));
    return { error: { code: RpcCode.invalidRequest, message: `${message}; ${hint}` } };
  }

  /** Returns an empty completion when the service replies `-32601` (method not found). */
  async #completed(service: Service, call: ContentRequest): Promise<McpReply> {
    const reply = await this.#send(service, call);
    return 'error' in reply && reply.error.code === RpcCode.methodNotFound ? NO_COMPLETION : reply;
  }

  async #send(service: Service, call: ContentRequest): Promise<McpReply> {
    const { awaitStart, bridge } = this.#dependencies;
    try {
      const { signal } = call.exchange;
      const bridged = { ...call, service, signal, reportWaiting };
      await awaitStart(bridged, bridge.limitsOf(service));
      return await bridge.send(bridged);
    } catch (error) {
      const { message, hint } = this.#dependencies.words(failureOf(error));
      return { error: { code: RpcCode.internalError, message: `${message}; ${hint}` } };
    }
  }
}

const failureOf = (error: unknown): Failure =>
  isClarityError(error) ? error.failure : failure('INTERNAL', 'the service connection failed');

const withParam = (call: ContentRequest, name: string, value: RawJson): ContentRequest => {
  const request: McpRequest = { ...call.request, params: new Map(call.request.params).set(name, value) };
  return { ...call, request };
};

const unknownPrompt = (name: string): McpReply => invalid(`unknown prompt: ${toPrintableAscii(name)}`);

const invalid = (message: string): McpReply => ({ error: { code: RpcCode.invalidParams, message } });
