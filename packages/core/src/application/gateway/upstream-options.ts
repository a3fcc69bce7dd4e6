import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { toCancellation, withSignal } from '../../domain/calls/cancellation.ts';
import { METHOD_NOT_SUPPORTED, declaresCapability } from '../../domain/mcp/client-capabilities.ts';
import type { McpRequest } from '../../domain/mcp/mcp.ts';
import type { UpstreamRequestOptions } from '../../ports/index.ts';
import type { BridgedRequest, Translation } from './bridged-request.ts';
import { forwardNotifications } from './progress-and-logs.ts';
import { MAX_QUESTIONS, namedQuestion, TOO_MANY_QUESTIONS } from './questions.ts';

interface UpstreamTerms {
  readonly limits: CallLimits;
  readonly translation: Translation | undefined;
}

/**
 * Returns limits and callbacks of the request to a service: its notifications go to the client as far as the client wants them,
 * and at most 16 of its requests as far as the client has declared them.
 */
export function upstreamOptions(
  bridged: BridgedRequest,
  request: McpRequest,
  { limits: { idleMs, totalMs, maxReplyBytes, maxMediaBytes }, translation }: UpstreamTerms,
): UpstreamRequestOptions {
  const { scope, logLevel } = bridged.client;
  const exchange = translation?.exchange ?? bridged.exchange;
  let asked = 0;
  const media = maxMediaBytes === undefined ? undefined : { maxMediaBytes };
  return withSignal({
    idleMs,
    totalMs,
    maxReplyBytes,
    ...media,
    caller: scope.caller,
    cancellation: toCancellation(exchange),
    onNotification: forwardNotifications(
      { era: scope.era, logLevel, sentProgress: bridged.sentProgress },
      request.params,
      (notification) => {
        exchange.send(notification);
      },
    ),
    onRequest: (serverRequest: McpRequest) => {
      const canAsk = translation?.ask !== undefined || scope.era === 'legacy';
      if (!canAsk || !declaresCapability(scope.clientCapabilities, serverRequest))
        return Promise.resolve(METHOD_NOT_SUPPORTED);
      asked += 1;
      if (asked > MAX_QUESTIONS) return Promise.resolve(TOO_MANY_QUESTIONS);
      const question = namedQuestion(bridged.service, serverRequest);
      return translation?.ask?.(question) ?? bridged.exchange.ask(question);
    },
    onSent: () => {
      bridged.isSent = true;
    },
  });
}
