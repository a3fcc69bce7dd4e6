import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/calls/policy-document.ts';
import { effectivePolicy } from '../../../src/domain/calls/effective-policy.ts';
import { policyWarnings } from '../../../src/domain/calls/policy-warnings.ts';
import { RawJson } from '../../../src/index.ts';
import type { InterfaceSnapshot } from '../../../src/domain/interfaces/interface-snapshot.ts';
import type { ManifestSpec, ServicePolicy } from '../../../src/domain/services/manifest.ts';

const raw = RawJson.of({});
const offered = (tools: readonly string[], faults: InterfaceSnapshot['faults'] = []) => ({
  tools: tools.map((name) => ({ name, raw })),
  prompts: [{ name: 'greet', raw }],
  resources: [{ uri: 'file:///a', raw }],
  faults,
});
const warningsOf = (own: ServicePolicy, named: ServicePolicy = {}, tools = ['search', 'fetch_page']) => {
  const origin = { type: 'remote_mcp', endpoint: 'http://h/mcp', transport: 'streamable_http' };
  const spec = { origin, policy: own, policyRef: 'readers' } as unknown as ManifestSpec;
  const document = { ...defaultPolicy, metadata: { name: 'readers' }, spec: named };
  return policyWarnings(effectivePolicy(spec, document, {}), offered(tools), 'web');
};

test.each([
  ['allowTools', 'serch', "; did you mean 'search'?"],
  ['allowTools', 'web__search', "; did you mean 'search'?"],
  ['allowTools', 'search fetch_page', ''],
  ['denyTools', 'fetchpage', "; did you mean 'fetch_page'?"],
  ['denyTools', 'Search', "; did you mean 'search'?"],
] as const)('Q56 policyWarnings names %s %s', (knob, name, advice) => {
  const expected = `${knob} of spec.policy names '${name}', which is not a tool of the service${advice}`;
  expect(warningsOf({ [knob]: [name] })).toContain(expected);
});

test('Q56 policyWarnings names limits of an unknown tool and unknown prompts', () => {
  const warnings = warningsOf({
    tools: { serach: { timeoutMs: 50 } },
    allowPrompts: ['greeting'],
    denyPrompts: ['gret'],
  });
  expect(warnings).toEqual([
    "tools of spec.policy names 'serach', which is not a tool of the service; did you mean 'search'?",
    "allowPrompts of spec.policy names 'greeting', which is not a prompt of the service",
    "denyPrompts of spec.policy names 'gret', which is not a prompt of the service; did you mean 'greet'?",
    'spec.policy allows none of the 1 prompts of the service',
  ]);
});

test.each([
  [{ allowTools: ['read_file'] }, "policy 'readers' allows none of the 2 tools of the service"],
  [{ denyTools: ['search', 'fetch_page'] }, "policy 'readers' allows none of the 2 tools of the service"],
  [{ allowResources: ['file:///b'] }, "policy 'readers' allows none of the 1 resources of the service"],
])('Q56 policyWarnings reports the named policy %j that admits nothing', (named, warning) => {
  expect(warningsOf({}, named)).toEqual([warning]);
});

test('Q56 policyWarnings compares neither a list that could not be read nor single names of a shared policy', () => {
  const failed = offered([], [{ list: 'tools', entry: '', problem: 'x', outcome: 'failed' }]);
  const spec = { origin: { type: 'local_process', command: 'x' }, policy: { allowTools: ['a'] }, policyRef: 'default' };
  expect(policyWarnings(effectivePolicy(spec as never, defaultPolicy, {}), failed, 'web')).toEqual([]);
  expect(warningsOf({}, { denyTools: ['of_another_service'] })).toEqual([]);
});

test('Q56 policyWarnings is empty exactly when every name of spec.policy is offered and one tool is admitted', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(names, names, (allowTools, tools) => {
      const isFine = allowTools.every((name) => tools.includes(name));
      expect(warningsOf({ allowTools }, {}, tools).length === 0).toBe(isFine);
    }),
    { numRuns: 100 },
  );
});
