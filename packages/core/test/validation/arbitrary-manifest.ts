import fc from 'fast-check';
import { hasHiddenCharacters } from '../../src/domain/text/hidden-characters.ts';
import type {
  CallPolicy,
  EnvironmentEntry,
  LocalProcessOrigin,
  LocalWasmOrigin,
  Manifest,
  RemoteMcpOrigin,
  ServicePolicy,
  ServiceSurface,
} from '@clarity-runtime/core';

const text = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(maxLength, 40) })
    .filter(
      (value) =>
        Array.from(value).length <= maxLength && !/[\t\n\r\u2028\u2029]/.test(value) && !hasHiddenCharacters(value),
    );

const credential = fc.constantFrom('legacy-name', 'env:UPSTREAM_KEY', 'file:keys/one', 'header_env:X-Key:UPSTREAM_KEY');
const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') })
  .map((at) => at.toISOString());
const variable = fc.string({ unit: fc.constantFrom(...Array.from('ABCXYZ_')), minLength: 1, maxLength: 20 });

const environmentEntry: fc.Arbitrary<EnvironmentEntry> = fc.oneof(
  fc.record({ name: variable, value: text(100) }),
  fc.record({ name: variable, secretRef: credential }),
);

const localWasm: fc.Arbitrary<LocalWasmOrigin> = fc.record(
  {
    type: fc.constant('local_wasm' as const),
    wasmPath: text(4096),
    entry: text(128),
    args: fc.array(text(100), { maxLength: 3 }),
    env: fc.array(environmentEntry, { maxLength: 3 }),
    timeoutMs: fc.integer({ min: 10, max: 600_000 }),
    maxMemoryBytes: fc.integer({ min: 65_536, max: 1_073_741_824 }),
  },
  { requiredKeys: ['type', 'wasmPath', 'entry'] },
);

const remoteMcp: fc.Arbitrary<RemoteMcpOrigin> = fc.record(
  {
    type: fc.constant('remote_mcp' as const),
    endpoint: fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true }),
    transport: fc.constantFrom('streamable_http' as const, 'sse_http' as const),
    authRef: credential,
    timeoutMs: fc.integer({ min: 100, max: 120_000 }),
    allowedTools: fc.array(text(256), { maxLength: 3 }),
    maxPayloadBytes: fc.integer({ min: 1024, max: 10_485_760 }),
    maxConcurrency: fc.integer({ min: 1, max: 256 }),
  },
  { requiredKeys: ['type', 'endpoint', 'transport'] },
);

const localProcess: fc.Arbitrary<LocalProcessOrigin> = fc.record(
  {
    type: fc.constant('local_process' as const),
    command: text(4096),
    args: fc.array(text(100), { maxLength: 3 }),
    env: fc.array(environmentEntry, { maxLength: 3 }),
    cwd: text(4096),
  },
  { requiredKeys: ['type', 'command'] },
);

const bounds = {
  timeoutMs: fc.integer({ min: 10, max: 600_000 }),
  idleTimeoutMs: fc.integer({ min: 10, max: 600_000 }),
  maxTimeoutMs: fc.integer({ min: 10, max: 3_600_000 }),
  maxRequestBytes: fc.integer({ min: 1024, max: 10_485_760 }),
  maxResponseBytes: fc.integer({ min: 1024, max: 10_485_760 }),
  maxConcurrency: fc.integer({ min: 1, max: 256 }),
  queue: fc.integer({ min: 0, max: 1024 }),
  rate: fc.record(
    { perMinute: fc.integer({ min: 1, max: 60_000 }), burst: fc.integer({ min: 1, max: 10_000 }) },
    { requiredKeys: ['perMinute'] },
  ),
};
const callPolicy: fc.Arbitrary<CallPolicy> = fc.record(bounds, { requiredKeys: [] });
const toolNames = fc.array(text(256), { minLength: 1, maxLength: 3 });
const tools = fc.dictionary(fc.stringMatching(/^t[a-z_]{0,8}$/), callPolicy, { maxKeys: 3, noNullPrototype: true });

const policy: fc.Arbitrary<ServicePolicy> = fc.record(
  { ...bounds, allowTools: toolNames, denyTools: toolNames, tools },
  { requiredKeys: [] },
);

const toolSurface = fc.record(
  { description: fc.string({ minLength: 1, maxLength: 40 }), hidden: fc.boolean() },
  { requiredKeys: [] },
);
/** Names that differ from those of other tools in lower case too. */
const surface: fc.Arbitrary<ServiceSurface> = fc.record(
  {
    prefix: text(64),
    tools: fc
      .dictionary(fc.stringMatching(/^t[a-z_]{0,8}$/), fc.tuple(toolSurface, fc.boolean()), {
        maxKeys: 3,
        noNullPrototype: true,
      })
      .map((tools) =>
        Object.fromEntries(
          Object.entries(tools).map(([tool, [said, isNamed]]) => [
            tool,
            isNamed ? { ...said, name: tool.toUpperCase() } : said,
          ]),
        ),
      ),
  },
  { requiredKeys: [] },
);

/** A remote origin with a policy has no older names, because the two may not contradict each other. */
const placed = fc
  .record({ origin: fc.oneof(localWasm, remoteMcp, localProcess), policy: fc.option(policy, { nil: undefined }) })
  .filter(({ origin, policy: own }) => origin.type !== 'remote_mcp' || own === undefined || !hasOlderNames(origin));

const hasOlderNames = (origin: RemoteMcpOrigin): boolean =>
  ['timeoutMs', 'allowedTools', 'maxPayloadBytes', 'maxConcurrency'].some((name) => name in origin);

const metadata: fc.Arbitrary<Manifest['metadata']> = fc.record(
  {
    sourceFile: text(4096),
    module: text(128),
    displayName: text(80),
    workspaceRoot: text(4096),
    version: text(64),
    artifactSha256: hex(64),
    createdAt: time,
    updatedAt: time,
    serviceType: fc.constantFrom('mcp' as const, 'agent' as const),
  },
  { requiredKeys: ['sourceFile', 'module'] },
);

/** Every manifest that the limits of the schema allow, with and without its optional members. */
export const anyManifest: fc.Arbitrary<Manifest> = fc.record({
  apiVersion: fc.constant('clarity.runtime/v1' as const),
  kind: fc.constant('MCPService' as const),
  metadata,
  spec: fc
    .tuple(
      placed,
      fc.record(
        {
          enabled: fc.boolean(),
          autostart: fc.boolean(),
          restartPolicy: fc.record({
            mode: fc.constantFrom('never' as const, 'on-failure' as const, 'always' as const),
            maxRestarts: fc.integer({ min: 0, max: 100 }),
            windowSeconds: fc.integer({ min: 1, max: 3600 }),
          }),
          policyRef: text(128),
          toolNamespace: text(64),
          surface,
        },
        { requiredKeys: ['enabled', 'autostart', 'restartPolicy', 'policyRef'] },
      ),
    )
    .map(([{ origin, policy: own }, rest]) => ({ origin, ...rest, ...(own === undefined ? {} : { policy: own }) })),
});
