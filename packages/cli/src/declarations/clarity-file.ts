import { z } from 'zod';

const text = z.string().min(1).max(4096);
const name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62})$/);
const path = text.describe('a path, relative to this file');

const value = z
  .union([
    z.string().max(32_768),
    z.number(),
    z.boolean(),
    z.strictObject({ secret: text.describe('a credential reference, for example file:github') }),
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), default: z.string().optional() }),
  ])
  .describe('a text, or a reference to a secret or to a variable of the daemon');
const values = z.record(z.string().min(1).max(128), value);

const milliseconds = z.number().int().min(1_000).max(600_000);
const start = z.strictObject({ idleMs: milliseconds.optional(), maxMs: milliseconds.optional() });
const toolNames = z.array(text).min(1).max(1024);
const anyObject = z.record(z.string(), z.unknown());

const common = {
  displayName: z.string().max(80).optional(),
  labels: z.record(name, z.string().max(128)).optional(),
  enabled: z.boolean().optional(),
  autostart: z.boolean().optional(),
  start: start.optional(),
  restart: anyObject.optional().describe('spec.restartPolicy of a manifest'),
  tools: z.strictObject({ allow: toolNames.optional(), deny: toolNames.optional() }).optional(),
  policyRef: text.optional().describe('a policy of this file or of the daemon'),
  policy: anyObject.optional().describe('spec.policy of a manifest'),
  surface: anyObject.optional().describe('spec.surface of a manifest'),
  pinInterface: z.boolean().optional(),
  isolation: z.enum(['shared', 'per-client']).optional(),
};

const program = z.strictObject({
  command: z
    .union([text, z.array(z.string().max(4096)).min(1).max(257)])
    .describe('program and arguments, without a shell'),
  args: z.array(z.string().max(4096)).max(256).optional(),
  cwd: path.optional(),
  env: values.optional(),
  envFile: path.optional(),
  inheritEnv: z.enum(['none', 'safe', 'all']).optional(),
  limits: anyObject.optional().describe('spec.limits of a manifest'),
  sandbox: z.enum(['none', 'auto', 'required']).optional(),
  ...common,
});
const remote = z.strictObject({
  url: text,
  transport: z.enum(['streamable_http', 'sse_http']).optional(),
  auth: text.optional().describe('a credential reference for the Authorization header'),
  headers: values.optional(),
  query: values.optional(),
  tls: z
    .strictObject({
      caFile: path.optional(),
      certFile: path.optional(),
      keyFile: path.optional(),
      serverName: text.optional(),
    })
    .optional(),
  proxy: text.optional(),
  ...common,
});
const source = z.strictObject({ source: path, entry: text.optional(), ...common });
const wholeManifest = z.strictObject({ manifest: anyObject.describe('a manifest of version 1, as it is') });

/** Entry of a client configuration with `mcpServers`. */
const clientEntry = z.looseObject({
  command: text.optional(),
  args: z.array(z.string()).max(256).optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  cwd: path.optional(),
  url: text.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  disabled: z.boolean().optional(),
});

const change = z
  .strictObject({
    args: z.array(z.string().max(4096)).max(256).optional(),
    url: text.optional(),
    env: values.optional(),
    headers: values.optional(),
    query: values.optional(),
    ...common,
  })
  .describe('members that replace those of the service; env, headers, query and labels are merged by name');
const variant = z.strictObject({
  services: z
    .array(name)
    .max(1_000)
    .optional()
    .describe('services that are enabled; the others of the file are disabled'),
  set: z.record(name, change).optional().describe('changes by the name of the service'),
});

/** The contract of `clarity.yaml`; `schemas/clarity-file-v1.schema.json` is its JSON Schema. */
export const clarityFile = z.strictObject({
  version: z.literal(1),
  name: name.optional().describe('owner of the services: label managed-by; --prune needs it'),
  defaults: z.strictObject({ start: start.optional() }).optional(),
  policies: z.record(name, anyObject).optional().describe('policies by name, as spec of a policy document'),
  services: z.record(name, z.union([program, remote, source, wholeManifest])).optional(),
  variants: z.record(name, variant).optional().describe('variants of this file, chosen with --variant'),
  mcpServers: z.record(name, clientEntry).optional().describe('entries as AI clients write them'),
});

export type ClarityFile = z.output<typeof clarityFile>;
export type FileService = NonNullable<ClarityFile['services']>[string];
export type FileValue = z.output<typeof value>;
export type ClientEntry = z.output<typeof clientEntry>;
