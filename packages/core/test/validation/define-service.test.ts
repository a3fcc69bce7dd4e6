import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defineService, isClarityError, parseManifest, type ServiceDefinition } from '@clarity-runtime/core';

const origin = { type: 'remote_mcp', endpoint: 'https://mcp.example.com', transport: 'streamable_http' } as const;

function problemsOf(definition: unknown): readonly string[] {
  try {
    defineService(definition as ServiceDefinition);
  } catch (error) {
    if (!isClarityError(error)) throw error;
    const { problems = [], field } = error.failure;
    return problems.length === 0 ? [String(field)] : problems.map((problem) => problem.field);
  }
  return [];
}

test('every member with a default may be left out', () => {
  expect(defineService({ origin, module: 'far' })).toEqual({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: 'far', module: 'far' },
    spec: {
      origin,
      enabled: true,
      autostart: true,
      restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
      policyRef: 'default',
    },
  });
});

test('all problems are in one refusal, each with its field', () => {
  const wrong = {
    origin: { ...origin, transport: 'pigeon' },
    module: '',
    enabled: 'yes',
    restartPolicy: {},
    colour: 'red',
  };
  expect(problemsOf(wrong)).toEqual(
    expect.arrayContaining([
      'spec.colour',
      'metadata.module',
      'spec.enabled',
      'spec.origin.transport',
      'spec.restartPolicy.mode',
    ]),
  );
});

const breaks: Readonly<Record<string, unknown>> = {
  enabled: 1,
  autostart: 'on',
  policyRef: 7,
  toolNamespace: [],
  pinInterface: 'yes',
  isolation: 'mine',
};

test('a definition names exactly the members that are wrong, as many as there are', () => {
  fc.assert(
    fc.property(fc.subarray(Object.keys(breaks), { minLength: 1 }), (names) => {
      const wrong = Object.fromEntries(names.map((name) => [name, breaks[name]]));
      const fields = new Set(problemsOf({ origin, module: 'far', ...wrong }));
      expect(fields).toEqual(new Set(names.map((name) => `spec.${name}`)));
    }),
  );
});

test('an origin of a connector is checked by its schema, and refused without the connector', () => {
  const connector = {
    origin: 'clock',
    kind: {
      schema: {
        type: 'object',
        required: ['type', 'zone'],
        properties: { type: { const: 'clock' }, zone: { type: 'string' } },
      },
      location: () => 'clock',
      isRemote: false,
      runsCommand: false,
      isBuiltFromSource: false,
      legacyPolicy: [],
      callDefaults: {},
    },
  };
  const clock = { origin: { type: 'clock', zone: 'UTC' }, module: 'clock' };
  expect(defineService(clock, [connector]).spec.origin).toEqual(clock.origin);
  expect(() => defineService({ ...clock, origin: { type: 'clock' } }, [connector])).toThrow(/spec\.origin\.zone/);
  expect(() => defineService(clock)).toThrow(/spec\.origin\.type must be/);
});

test('a refused manifest has at most 20 problems', () => {
  const spec = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${String(i)}`, i]));
  try {
    parseManifest({ ...defineService({ origin, module: 'far' }), spec });
    expect('accepted').toBe('refused');
  } catch (error) {
    expect(isClarityError(error) && error.failure.problems).toHaveLength(20);
  }
});
