import { expect, test } from '@jest/globals';
import { POLICY_KNOBS, type PolicyKnob, type PolicyRule } from '../../../src/domain/services/policy-knobs.ts';
import { policyOf } from '../../../src/domain/calls/policy.ts';
import { denialFor } from '../../../src/domain/calls/policy-verdict.ts';

test('POLICY_KNOBS gives every knob its scope, merge, error code and counter', () => {
  const rows = Object.entries(POLICY_KNOBS as Readonly<Record<string, PolicyKnob>>).map(([name, knob]) =>
    [name, knob.scope, knob.merge, knob.unit, knob.denial?.code ?? '-', knob.denial?.limit ?? '-'].join(' | '),
  );
  expect(rows).toEqual([
    'timeoutMs | call | min | ms | - | -',
    'idleTimeoutMs | call | min | ms | - | -',
    'maxTimeoutMs | call | min | ms | - | -',
    'maxRequestBytes | call | min | bytes | PAYLOAD_TOO_LARGE | call.too_large',
    'maxResponseBytes | call | min | bytes | - | -',
    'maxConcurrency | service | min | calls | SERVICE_BUSY | call.queue_full',
    'queue | service | min | calls | SERVICE_BUSY | call.queue_full',
    'rate | service | min | calls per minute | RATE_LIMITED | call.over_rate',
    'allowTools | service | intersection | tools | TOOL_BLOCKED | call.denied',
    'denyTools | service | union | tools | TOOL_BLOCKED | call.denied',
    'allowPrompts | service | intersection | prompts | PROMPT_BLOCKED | call.denied',
    'denyPrompts | service | union | prompts | PROMPT_BLOCKED | call.denied',
    'allowResources | service | intersection | resources | RESOURCE_BLOCKED | call.denied',
    'denyResources | service | union | resources | RESOURCE_BLOCKED | call.denied',
  ]);
});

const first = policyOf({
  maxRequestBytes: 2048,
  maxConcurrency: 8,
  rate: { perMinute: 60 },
  denyTools: ['x'],
  tools: { t: { maxConcurrency: 2 } },
});
const second = policyOf({ maxRequestBytes: 1024, maxConcurrency: 4, rate: { perMinute: 90 }, allowTools: ['t'] });
const sources = [
  { where: 'one', remedy: 'change one', policy: first },
  { where: 'two', remedy: 'change two', policy: second },
];

test.each<[PolicyRule, string, string, string]>([
  ['denyTools', 'x', "tool 'x' is denied by denyTools of one", 'remove it from the list: change one'],
  ['allowTools', 'y', "tool 'y' is not in allowTools of two", 'add it to the list: change two'],
  ['maxRequestBytes', 't', 'the request has 9000 bytes; maxRequestBytes of two is 1024', 'raise the limit: change two'],
  ['queue', 't', 'maxConcurrency and queue of one are exhausted', 'try again, or raise them: change one'],
  ['maxConcurrency', 'u', 'maxConcurrency and queue of two are exhausted', 'change two'],
  ['rate', 't', 'rate of one is exhausted', 'try again in a moment, or raise it: change one'],
])('denialFor %s of tool %s names the strictest document', (rule, tool, message, hint) => {
  const { failure } = denialFor(rule, { tool, requestBytes: 9000 }, sources);
  expect(failure.message).toContain(message);
  expect(failure.hint).toContain(hint);
});
