import { failure, type Failure } from '../errors/clarity-error.ts';
import { limitsForTool, type Policy } from './policy.ts';
import { toPrintableAscii } from '../text/safe-text.ts';

/** What is known of a call before it is let through. */
export interface PolicyQuery {
  /** The service's own name for it. */
  readonly tool: string;
  readonly requestBytes: number;
}

export type PolicyRule = 'denyTools' | 'allowTools' | 'maxRequestBytes' | 'maxConcurrency' | 'queue' | 'rate';

/** Why a call is not let through. `failure` says the rule, where it stands, and the mend. */
export interface PolicyDenial {
  readonly rule: PolicyRule;
  readonly failure: Failure;
}

/** A policy and where it is written. */
export interface PolicyOrigin {
  /** `spec.policy` of the manifest, `policy 'name'`, or `the defaults`. */
  readonly where: string;
  /** How it is changed, as an imperative. */
  readonly remedy: string;
  readonly policy: Policy;
}

/** The first rule that a call breaks, whatever else is under way; undefined when it may go. */
export function evaluatePolicy(policy: Policy, { tool, requestBytes }: PolicyQuery): PolicyRule | undefined {
  if (policy.deny.has(tool)) return 'denyTools';
  if (policy.allow !== undefined && !policy.allow.has(tool)) return 'allowTools';
  if (requestBytes > (limitsForTool(policy, tool).maxRequestBytes ?? Infinity)) return 'maxRequestBytes';
  return undefined;
}

/** Whether a tool is there at all, as far as its clients can see. */
export const isToolVisible = (policy: Policy, tool: string): boolean =>
  evaluatePolicy(policy, { tool, requestBytes: 0 }) === undefined;

/** The refusal in words; the strictest source is the one that is named. */
export function denialFor(rule: PolicyRule, question: PolicyQuery, sources: readonly PolicyOrigin[]): PolicyDenial {
  const tool = toPrintableAscii(question.tool);
  const source = blamed(rule, question, sources);
  const where = source?.where ?? 'the policy';
  const mend = source?.remedy ?? 'change the policy';
  const bounds = source === undefined ? {} : limitsForTool(source.policy, question.tool);
  switch (rule) {
    case 'denyTools':
      return refused('TOOL_BLOCKED', `'${tool}' stands in denyTools of ${where}`, `take it out: ${mend}`);
    case 'allowTools':
      return refused('TOOL_BLOCKED', `'${tool}' does not stand in allowTools of ${where}`, `add it: ${mend}`);
    case 'maxRequestBytes': {
      const sizes = `the request has ${String(question.requestBytes)} bytes, maxRequestBytes of ${where} is ${String(bounds.maxRequestBytes)}`;
      return refused('PAYLOAD_TOO_LARGE', sizes, `send less, or raise it: ${mend}`);
    }
    case 'maxConcurrency':
    case 'queue':
      return refused(
        'SERVICE_BUSY',
        `maxConcurrency and queue of ${where} are used up`,
        `try again, or raise them: ${mend}`,
      );
    case 'rate':
      return refused('RATE_LIMITED', `rate of ${where} is used up`, `try again in a moment, or raise it: ${mend}`);
  }

  function refused(code: Parameters<typeof failure>[0], subject: string, hint: string): PolicyDenial {
    return { rule, failure: failure(code, subject, { hint }) };
  }
}

function blamed(rule: PolicyRule, question: PolicyQuery, sources: readonly PolicyOrigin[]): PolicyOrigin | undefined {
  const { tool } = question;
  switch (rule) {
    case 'denyTools':
      return sources.find(({ policy }) => policy.deny.has(tool));
    case 'allowTools':
      return sources.find(({ policy }) => policy.allow?.has(tool) === false);
    case 'maxRequestBytes':
      return least(sources, ({ policy }) => limitsForTool(policy, tool).maxRequestBytes);
    case 'maxConcurrency':
    case 'queue':
      return least(sources, ({ policy }) => policy.tools.get(tool)?.maxConcurrency ?? policy.base.maxConcurrency);
    case 'rate':
      return least(sources, ({ policy }) => policy.tools.get(tool)?.rate?.perMinute ?? policy.base.rate?.perMinute);
  }
}

function least(
  sources: readonly PolicyOrigin[],
  bound: (source: PolicyOrigin) => number | undefined,
): PolicyOrigin | undefined {
  const bounding = sources.filter((source) => bound(source) !== undefined);
  return bounding.sort((a, b) => (bound(a) ?? 0) - (bound(b) ?? 0))[0];
}
