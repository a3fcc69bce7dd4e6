import { timeoutsOf } from '../../domain/calls/call-limits.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import { limitsForTool, type NameRules, type Policy } from '../../domain/calls/policy.ts';
import {
  namesContent,
  evaluatePolicy,
  denialFor,
  type ContentKind,
  type PolicyQuery,
} from '../../domain/calls/policy-verdict.ts';
import type { Service } from '../../domain/services/service.ts';
import type {
  PolicyOperations,
  PolicyReport,
  WrittenPolicy,
  PolicyTestResult,
} from '../../ports/inbound/policy-operations.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { assertTrusted } from '../../domain/access/trust.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import type { PolicyDocument } from '../../domain/calls/policy-document.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { WorkspaceTrust } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Guard } from './guard.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { PolicyCatalog } from '../calls/policy-catalog.ts';
import type { ServiceChanges } from '../support/service-changes.ts';

export const policyReport = (service: Service, { policy, sources }: EffectivePolicy): PolicyReport => ({
  serviceId: service.serviceId,
  policyRef: service.manifest.spec.policyRef,
  effective: written(policy),
  sources: sources.map((source) => ({ where: source.where, policy: written(source.policy) })),
});

export function testPolicy(
  { serviceId }: Service,
  { policy, sources }: EffectivePolicy,
  question: PolicyQuery,
): PolicyTestResult {
  const bounds = limitsForTool(policy, question.tool);
  const asked = { serviceId, tool: question.tool, bounds, times: timeoutsOf(bounds) };
  const rule = evaluatePolicy(policy, question);
  if (rule === undefined) return { ...asked, verdict: 'allowed' };
  return { ...asked, verdict: 'refused', rule, failure: denialFor(rule, question, sources).failure };
}

const written = ({ base, tools, allow, deny, prompts, resources }: Policy): WrittenPolicy => ({
  ...base,
  ...(allow === undefined ? {} : { allowTools: [...allow].sort() }),
  ...(deny.size === 0 ? {} : { denyTools: [...deny].sort() }),
  ...(prompts.allow.length === 0 ? {} : { allowPrompts: admitted(prompts, 'prompts') }),
  ...(prompts.deny.size === 0 ? {} : { denyPrompts: [...prompts.deny] }),
  ...(resources.allow.length === 0 ? {} : { allowResources: admitted(resources, 'resources') }),
  ...(resources.deny.size === 0 ? {} : { denyResources: [...resources.deny] }),
  ...(tools.size === 0 ? {} : { tools: Object.fromEntries(tools) }),
});

/** Returns the names that every list admits. */
const admitted = ({ allow }: NameRules, kind: ContentKind): readonly string[] =>
  [...new Set(allow.flatMap((names) => [...names]))]
    .filter((name) => allow.every((names) => namesContent(kind, names, name)))
    .sort();

export interface PolicyUseCasesDependencies {
  readonly policies: PolicyCatalog;
  readonly catalog: ServiceCatalog;
  readonly audit: AuditLog;
  readonly guard: Guard;
  /** Raised for every service of a changed policy. */
  readonly changes: ServiceChanges;
  readonly trust: Pick<WorkspaceTrust, 'state'>;
  /** @throws ClarityError POLICY_INVALID */
  readonly readPolicy: (input: unknown) => PolicyDocument;
}

/** Policies for callers. Every operation checks the grant first and stores the event with the change. */
export class PolicyUseCases implements PolicyOperations {
  readonly #dependencies: PolicyUseCasesDependencies;

  constructor(dependencies: PolicyUseCasesDependencies) {
    this.#dependencies = dependencies;
    dependencies.policies.onDrift((name) => {
      this.#tellUsers(name);
    });
  }

  list(caller: Caller): readonly PolicyDocument[] {
    this.#dependencies.guard.check(caller, 'inspect', { action: 'list policies' });
    return this.#dependencies.policies.all();
  }

  get(caller: Caller, name: string): PolicyDocument {
    this.#dependencies.guard.check(caller, 'inspect', { action: 'read a policy' });
    return this.#dependencies.policies.get(name);
  }

  async apply(caller: Caller, input: unknown, expected?: string | null): Promise<PolicyDocument> {
    const { policies, guard, audit, readPolicy, trust } = this.#dependencies;
    await guard.require(caller, 'provision', { action: 'apply a policy' });
    assertTrusted(trust.state);
    const document = readPolicy(input);
    const { name } = document.metadata;
    const message = `Policy applied: ${name}`;
    const entry = { kind: 'policy.applied', level: 'info', message, caller, data: { policy: name } } as const;
    await policies.apply(caller, document, { event: audit.draft(entry), expected });
    this.#tellUsers(name);
    return document;
  }

  /** @throws ClarityError POLICY_IN_USE with the services that use the policy, or POLICY_NOT_FOUND. */
  async remove(caller: Caller, name: string): Promise<void> {
    const { policies, guard, audit } = this.#dependencies;
    await guard.require(caller, 'provision', { action: 'remove a policy' });
    const policy = toPrintableAscii(name);
    const message = `Policy removed: ${policy}`;
    const entry = { kind: 'policy.removed', level: 'info', message, caller, data: { policy } } as const;
    const isChanged = await policies.remove(caller, name, {
      users: () => this.#users(name),
      event: audit.draft(entry),
    });
    if (!isChanged) await audit.settle(entry);
  }

  show(caller: Caller, serviceId: string): PolicyReport {
    const { guard, catalog, policies } = this.#dependencies;
    const intent = { action: 'read a policy', serviceId };
    const service = guard.checkOn(caller, 'inspect', intent, catalog.find(serviceId));
    return policyReport(service, policies.of(service));
  }

  /** Evaluates the policy only: no call, no rate token. */
  test(caller: Caller, serviceId: string, question: PolicyQuery): PolicyTestResult {
    const { guard, catalog, policies } = this.#dependencies;
    const intent = { action: 'test a policy', serviceId };
    const service = guard.checkOn(caller, 'inspect', intent, catalog.find(serviceId));
    return testPolicy(service, policies.of(service), question);
  }

  /** Returns the manifest if its policy exists. @throws ClarityError MANIFEST_INVALID */
  admit(manifest: Manifest): Manifest {
    const { policyRef } = manifest.spec;
    if (this.#dependencies.policies.find(policyRef) !== undefined) return manifest;
    const names = this.#dependencies.policies.all().map(({ metadata }) => metadata.name);
    throw new ClarityError(
      'MANIFEST_INVALID',
      `spec.policyRef names an unknown policy: '${toPrintableAscii(policyRef)}'`,
      {
        field: 'spec.policyRef',
        hint: `use one of: ${names.slice(0, 10).join(', ')}; or apply a policy with \`clarityctl apply -f <file>\``,
      },
    );
  }

  #users(name: string): readonly string[] {
    return this.#using(name).map(({ namespace }) => namespace);
  }

  #using(name: string): readonly Service[] {
    return this.#dependencies.catalog.all().filter(({ manifest }) => manifest.spec.policyRef === name);
  }

  #tellUsers(name: string): void {
    for (const { serviceId } of this.#using(name)) this.#dependencies.changes.raise('interface-changed', serviceId);
  }
}
