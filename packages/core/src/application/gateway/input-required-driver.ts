import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RpcCode, type McpParams, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Service } from '../../domain/services/service.ts';
import { valueText } from '../../domain/text/safe-text.ts';
import type { Exchange, GatewayScope } from '../../ports/index.ts';
import { declaresCapability } from '../../domain/mcp/client-capabilities.ts';
import { MAX_QUESTIONS, namedQuestion, TOO_MANY_QUESTIONS } from './questions.ts';

const MAX_ROUNDS = 16;
const INPUT_REQUIRED = 'input_required';
const NO_PARAMS: McpParams = new Map();

/** Returns the members of an `input_required` result (SEP-2322); undefined for another reply. */
function inputsOf(reply: McpReply): ReadonlyMap<string, RawJson> | undefined {
  if ('error' in reply) return undefined;
  const members = membersOf(reply.result);
  return members.get('resultType')?.value === INPUT_REQUIRED ? members : undefined;
}

/** The service that asks, and the client that is asked. */
interface Asking {
  readonly service: Pick<Service, 'namespace'>;
  readonly scope: GatewayScope;
  readonly exchange: Exchange;
}

/**
 * Serves a legacy client from a modern service.
 * Each input request is sent to the client and the request is repeated with the responses, at most 16 times.
 * The request fails when all rounds together have more than 16 input requests.
 */
export async function fulfilInputRequests(
  request: McpRequest,
  { service, scope, exchange }: Asking,
  send: (request: McpRequest) => Promise<McpReply>,
): Promise<McpReply> {
  let reply = await send(request);
  let asked = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const required = inputsOf(reply);
    if (required === undefined) return reply;
    const responses = new Map<string, RawJson>();
    const requests = membersOf(required.get('inputRequests') ?? RawJson.of({}));
    asked += requests.size;
    if (asked > MAX_QUESTIONS) return TOO_MANY_QUESTIONS;
    for (const [key, raw] of requests) {
      const inputRequest = requestOf(raw);
      if (!declaresCapability(scope.clientCapabilities, inputRequest))
        return failed(`the service requests ${inputRequest.method}, which this client does not support`);
      const response = await exchange.ask(namedQuestion(service, inputRequest));
      if ('error' in response) return failed(`the client rejected ${inputRequest.method}: ${response.error.message}`);
      responses.set(key, response.result);
    }
    const params = new Map(request.params).set('inputResponses', objectOf(responses));
    const state = required.get('requestState');
    if (state !== undefined) params.set('requestState', state);
    reply = await send({ method: request.method, params });
  }
  return failed(`the service requests input more than ${String(MAX_ROUNDS)} times`);
}

function requestOf(raw: RawJson): McpRequest {
  const members = membersOf(raw);
  const params = members.get('params');
  return {
    method: valueText(members.get('method')?.value),
    params: params === undefined ? NO_PARAMS : membersOf(params),
  };
}

const failed = (message: string): McpReply => ({ error: { code: RpcCode.invalidRequest, message } });
