import type { ServicePolicy } from '../services/manifest.ts';

/** A policy with a name, `clarity.runtime/v1` of kind `Policy`: services name it in `spec.policyRef`. */
export interface PolicyDocument {
  readonly apiVersion: 'clarity.runtime/v1';
  readonly kind: 'Policy';
  readonly metadata: { readonly name: string; readonly description?: string };
  readonly spec: ServicePolicy;
}

export const DEFAULT_POLICY_NAME = 'default';

/** What `default` says until somebody applies another one: nothing. */
export const defaultPolicy: PolicyDocument = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name: DEFAULT_POLICY_NAME, description: 'built in: it narrows nothing' },
  spec: {},
};
