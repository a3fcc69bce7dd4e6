import type { ServicePolicy } from '../services/manifest.ts';

/** A named policy, `clarity.runtime/v1` of kind `Policy`; manifests name it in `spec.policyRef`. */
export interface PolicyDocument {
  readonly apiVersion: 'clarity.runtime/v1';
  readonly kind: 'Policy';
  readonly metadata: { readonly name: string; readonly description?: string };
  readonly spec: ServicePolicy;
}

/** Name of the policy that applies without `spec.policyRef`. */
export const DEFAULT_POLICY_NAME = 'default';

/** The policy `default` until another one is applied: without limits. */
export const defaultPolicy: PolicyDocument = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name: DEFAULT_POLICY_NAME, description: 'built in: it narrows nothing' },
  spec: {},
};
