import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn } from '../../domain/access/decide.ts';
import { toCancellation } from '../../domain/calls/cancellation.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import { failure, isClarityError, type Failure } from '../../domain/errors/clarity-error.ts';
import { sha256Hex } from '../../domain/json/digest.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { declaresCapability } from '../../domain/mcp/client-capabilities.ts';
import type { McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import { failedToolResult } from '../../domain/mcp/tool-result.ts';
import { NAME_SEPARATOR, toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Exchange, GatewayScope } from '../../ports/index.ts';
import type { LoginInvitation, LoginOperations } from '../../ports/inbound/login-operations.ts';
import type { Backends } from './backends.ts';
import { serviceUnavailable } from './error-mapping.ts';
import type { CallRound, InputRequiredCalls } from './input-required.ts';

export interface LoginPromptsDependencies {
  readonly backends: Backends;
  readonly words: FailureWords;
  /** Calls of modern clients that wait for the login. */
  readonly parked: InputRequiredCalls;
  /** Looked up at each call: the logins need the supervisor. */
  readonly logins: () => Pick<LoginOperations, 'invite' | 'whenLoggedIn'>;
}

/** Repeats a call after a login. */
type Repeat = (exchange: Exchange) => Promise<McpReply>;

/**
 * Tool calls that fail because their service wants a login. The client learns how a person logs in; a client with elicitation of
 * mode `url` (MCP 2025-11-25 and 2026-07-28, Elicitation) shows the person the link, and its call goes on after the login.
 */
export class LoginPrompts {
  readonly #dependencies: LoginPromptsDependencies;

  constructor(dependencies: LoginPromptsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns the service of an unknown tool name if nothing is known of it before its first login. */
  serviceOf({ caller, service: only }: Pick<GatewayScope, 'caller' | 'service'>, name: string): Service | undefined {
    const { backends } = this.#dependencies;
    return backends.services().find((service) => {
      const { serviceId, namespace, manifest } = service;
      if (backends.isBuiltIn(serviceId) || !manifest.spec.enabled || backends.snapshot(serviceId) !== undefined)
        return false;
      if (backends.status(serviceId).lifecycle !== 'NEEDS_LOGIN') return false;
      const prefix = `${toolPrefix(service)}${NAME_SEPARATOR}`;
      if (only === undefined && !name.startsWith(prefix)) return false;
      if (only !== undefined && only !== namespace && only !== serviceId) return false;
      return allowsOn(caller, 'call', namespace, only === undefined ? name.slice(prefix.length) : name);
    });
  }

  /** Continues a call that waits for a login; undefined for any other request. */
  resume(round: CallRound): Promise<McpReply> | undefined {
    return this.#dependencies.parked.holds(round) ? this.#dependencies.parked.resume(round) : undefined;
  }

  /** Answers a call of a service that wants a login. */
  async answer(service: Service, round: CallRound, repeat: Repeat): Promise<McpReply> {
    const { parked } = this.#dependencies;
    const { scope, exchange } = round;
    const invitation = await this.#invite(scope.caller, service);
    const refusal: McpReply = {
      result: failedToolResult(this.#failure(scope.caller, service, invitation)),
      isError: true,
    };
    const question = invitation === undefined ? undefined : urlQuestion(service, invitation);
    if (question === undefined || !declaresCapability(scope.clientCapabilities, question)) return refusal;
    const run = async (given: Pick<Exchange, 'ask' | 'send' | 'signal'>): Promise<McpReply> => {
      // The person may have logged in before the client replies.
      const over = new AbortController();
      const signals = AbortSignal.any([given.signal, over.signal]);
      const loggedIn = this.#dependencies.logins().whenLoggedIn(service.serviceId, signals);
      const reply = await given.ask(question);
      if (!isAccepted(reply)) over.abort();
      if (!(await loggedIn)) return refusal;
      const elicitationId = question.params.get('elicitationId');
      if (elicitationId !== undefined)
        given.send({
          method: 'notifications/elicitation/complete',
          params: new Map([['elicitationId', elicitationId]]),
        });
      const { ask, send, signal } = given;
      return repeat({ ask, send, signal, cancellation: toCancellation({ signal }) });
    };
    return scope.era === 'legacy' ? run(exchange) : parked.start(round, run);
  }

  /** Returns undefined for a caller that may not log in, without a denial: it has asked for a tool, not for a login. */
  async #invite(caller: Caller, { namespace, serviceId }: Service): Promise<LoginInvitation | undefined> {
    if (!allowsOn(caller, 'operate', namespace)) return undefined;
    try {
      return await this.#dependencies.logins().invite(caller, serviceId);
    } catch (error) {
      if (isClarityError(error)) return undefined;
      throw error;
    }
  }

  #failure(caller: Caller, service: Service, invitation: LoginInvitation | undefined): Failure {
    const { lastError } = this.#dependencies.backends.status(service.serviceId);
    const { message, hint } = serviceUnavailable(service, {
      lifecycle: 'NEEDS_LOGIN',
      ...(lastError === undefined ? {} : { lastError }),
    }).failure;
    const how =
      invitation?.url === undefined
        ? allowsOn(caller, 'operate', service.namespace)
          ? hint
          : `ask an operator to ${hint}`
        : `open ${invitation.url} in a browser, or ${hint}; then call the tool again`;
    return this.#dependencies.words({ ...failure('LOGIN_REQUIRED', '', { hint: how }), message });
  }
}

const isAccepted = (reply: McpReply): boolean =>
  !('error' in reply) && (reply.result.value as { readonly action?: unknown }).action === 'accept';

/** Returns the question that shows a person the link; undefined without one. The authorization URL itself is never in it. */
function urlQuestion({ namespace }: Service, { url, handle }: LoginInvitation): McpRequest | undefined {
  if (url === undefined) return undefined;
  const params = {
    mode: 'url',
    message: `${namespace} wants a login: open the link to log in`,
    url,
    elicitationId: sha256Hex(handle).slice(0, 16),
  };
  return {
    method: 'elicitation/create',
    params: new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)])),
  };
}
