/** Errors of policies and of calls that a policy denies. */
export const POLICY_ERRORS = {
  TOOL_BLOCKED: {
    kind: 'denied',
    title: 'the policy denies this tool',
    advice: 'change the policy of the service; `clarityctl policy show <service>` shows it',
  },
  PROMPT_BLOCKED: {
    kind: 'denied',
    title: 'the policy denies this prompt',
    advice: 'change the policy of the service; `clarityctl policy show <service>` shows it',
  },
  RESOURCE_BLOCKED: {
    kind: 'denied',
    title: 'the policy denies this resource',
    advice: 'change the policy of the service; `clarityctl policy show <service>` shows it',
  },
  CONTENT_QUARANTINED: {
    kind: 'conflict',
    title: 'the prompt or the resource changed since it was accepted',
    advice: 'look at `clarityctl diff <service>`, then use `clarityctl accept <service>`',
  },
  RATE_LIMITED: {
    kind: 'exhausted',
    title: 'too many calls in too short a time',
    advice: 'try again in a moment',
    retryable: true,
  },
  SERVICE_BUSY: {
    kind: 'exhausted',
    title: 'too many calls of this service are under way',
    advice: 'try again in a moment',
    retryable: true,
  },
  QUOTA_EXCEEDED: {
    kind: 'exhausted',
    title: 'a limit that callers share leaves no room for this caller',
    advice: 'end some of what this caller uses, or try again in a moment',
    retryable: true,
  },
  GATEWAY_CIRCLE: {
    kind: 'upstream',
    title: 'the gateway reaches itself',
    advice: 'remove one of the services that are named',
  },
  PROFILE_INVALID: { kind: 'invalid', title: 'invalid profile', advice: 'correct the field that is named' },
  PROFILE_NOT_FOUND: {
    kind: 'absent',
    title: 'profile not found',
    advice: 'list the profiles with `clarityctl profile list`',
  },
  PROFILE_IN_USE: {
    kind: 'conflict',
    title: 'active tokens are bound to this profile',
    advice: 'revoke the tokens that are named, or create others for another profile',
  },
  PROFILE_REQUIRED: {
    kind: 'denied',
    title: 'the access token is bound to a profile',
    advice: 'use the address of its profile, /mcp/profiles/<name>, or a token without a profile',
  },
  TENANT_NOT_FOUND: {
    kind: 'absent',
    title: 'tenant not found',
    advice: 'use the name of a tenant that exists, as an operator of all tenants',
  },
  TENANT_NAME_TAKEN: {
    kind: 'conflict',
    title: 'the tenant exists already',
    advice: 'use another name, or the tenant that exists',
  },
  TENANT_IN_USE: {
    kind: 'conflict',
    title: 'the tenant has services or cannot show that it has none',
    advice: 'remove its services, or repeat the request with force, which deletes everything of the tenant',
  },
  POLICY_INVALID: { kind: 'invalid', title: 'invalid policy', advice: 'correct the field that is named' },
  POLICY_NOT_FOUND: {
    kind: 'absent',
    title: 'policy not found',
    advice: 'apply it with `clarityctl apply -f <file>`, or name another',
  },
  POLICY_IN_USE: {
    kind: 'conflict',
    title: 'services use this policy',
    advice: 'give them another spec.policyRef first',
  },
} as const;
