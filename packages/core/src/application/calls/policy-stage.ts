import { resolveCallLimits, timeoutsOf, type CallLimits } from '../../domain/calls/call-limits.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import { limitsForTool } from '../../domain/calls/policy.ts';
import {
  contentRule,
  denialFor,
  evaluatePolicy,
  isToolVisible,
  ruleOf,
  toolTerms,
  type ContentKind,
  type ToolTerms,
} from '../../domain/calls/policy-verdict.ts';
import { failure, isClarityError, type Failure } from '../../domain/errors/clarity-error.ts';
import type { McpReply } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallStage, ToolCall } from '../../ports/index.ts';
import type { CallDenials } from './call-denials.ts';
import type { PolicyCatalog } from './policy-catalog.ts';

export interface PolicyStageDependencies {
  readonly policies: PolicyCatalog;
  readonly denials: CallDenials;
  /** Limits of the connector of a type, for limits that no policy sets. */
  readonly defaultLimits: (origin: OriginType) => CallLimits | undefined;
}

/** The part of the admission that is the same for every call of one tool. */
interface PreparedTool extends ToolTerms {
  readonly limits: CallLimits;
}

/** The tools of a service that were called under one effective policy. A change of the policy or of the service is another one. */
interface PreparedTools {
  readonly effective: EffectivePolicy;
  readonly tools: Map<string, PreparedTool>;
}

/** Stage `policy`: denies calls by tool name and request size, and computes the limits of the others. */
export class PolicyStage implements CallStage {
  readonly name = 'policy';
  readonly #dependencies: PolicyStageDependencies;
  readonly #prepared = new Map<string, PreparedTools>();

  constructor(dependencies: PolicyStageDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns true if clients see the tool. */
  isVisible(service: Service, tool: string): boolean {
    try {
      return isToolVisible(this.#dependencies.policies.of(service).policy, tool);
    } catch {
      return false;
    }
  }

  /** Returns true if clients see the prompt, the resource or the URI template. */
  isContentVisible(service: Service, kind: ContentKind, name: string): boolean {
    try {
      return contentRule(this.#dependencies.policies.of(service).policy, kind, name) === undefined;
    } catch {
      return false;
    }
  }

  /** @throws ClarityError PROMPT_BLOCKED or RESOURCE_BLOCKED when the policy denies the request. */
  admitContent({ service, caller }: Pick<ToolCall, 'service' | 'caller'>, kind: ContentKind, name: string): void {
    const { policies, denials } = this.#dependencies;
    const { policy, sources } = policies.of(service);
    const rule = contentRule(policy, kind, name);
    if (rule !== undefined) denials.deny(rule, { service, tool: name, caller, requestBytes: 0 }, sources);
  }

  /** Returns the denial that every call of the tool gets; undefined if the tool may be called. */
  denialOf(service: Service, tool: string): Failure | undefined {
    const query = { tool, requestBytes: 0 };
    try {
      const { policy, sources } = this.#dependencies.policies.of(service);
      const rule = evaluatePolicy(policy, query);
      return rule === undefined ? undefined : denialFor(rule, query, sources).failure;
    } catch (error) {
      return isClarityError(error) ? error.failure : failure('INTERNAL', 'the policy of the service is not readable');
    }
  }

  /** Not async, because it awaits nothing. */
  run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    try {
      this.#admit(call);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return next(call);
  }

  forget(serviceId: string): void {
    this.#prepared.delete(serviceId);
  }

  #admit(call: ToolCall): void {
    const { policies, denials } = this.#dependencies;
    const effective = policies.of(call.service);
    const prepared = this.#preparedOf(call, effective);
    const rule = ruleOf(prepared, call.requestBytes);
    if (rule !== undefined) denials.deny(rule, call, effective.sources);
    call.limits = prepared.limits;
  }

  /** Hot path: two look-ups. The policy is read for each call, so that no call has the terms of an earlier one. */
  #preparedOf({ service, tool }: ToolCall, effective: EffectivePolicy): PreparedTool {
    let known = this.#prepared.get(service.serviceId);
    if (known?.effective !== effective) {
      known = { effective, tools: new Map() };
      this.#prepared.set(service.serviceId, known);
    }
    let prepared = known.tools.get(tool);
    if (prepared === undefined) {
      prepared = { ...toolTerms(effective.policy, tool), limits: this.#compute(service, tool, effective) };
      known.tools.set(tool, prepared);
    }
    return prepared;
  }

  #compute(service: Service, tool: string, { policy, sources }: EffectivePolicy): CallLimits {
    const toolPolicy = limitsForTool(policy, tool);
    const { spec } = service.manifest;
    const defaults = this.#dependencies.defaultLimits(spec.origin.type);
    // An operator who limits replies limits media too.
    const isWritten = sources.some(
      ({ isDefault, policy: written }) => !isDefault && limitsForTool(written, tool).maxResponseBytes !== undefined,
    );
    const requested = {
      ...timeoutsOf(toolPolicy),
      maxReplyBytes: toolPolicy.maxResponseBytes ?? 0,
      ...(isWritten || defaults?.maxMediaBytes === undefined ? {} : { maxMediaBytes: defaults.maxMediaBytes }),
    };
    const limits = resolveCallLimits(spec, requested, defaults);
    return limits.idleMs === 0 ? { ...limits, idleMs: defaults?.idleMs ?? 0 } : limits;
  }
}
