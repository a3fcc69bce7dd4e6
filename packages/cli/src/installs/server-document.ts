import { z } from 'zod';
import { CliError } from '../support/cli-error.ts';

const text = z.string().max(4_096);
const input = z.object({
  description: text.optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  default: text.optional(),
  value: text.optional(),
  choices: z.array(text).max(64).optional(),
});
const valued = input.extend({ variables: z.record(z.string(), input).optional() });
const named = valued.extend({ name: text });
const argument = valued.extend({
  type: z.enum(['positional', 'named']),
  name: text.optional(),
  valueHint: text.optional(),
});
const pack = z
  .object({
    registryType: z.string(),
    /** Name of `identifier` before 2025-07. */
    name: text.optional(),
    registryBaseUrl: text.optional(),
    identifier: text.optional(),
    version: text.optional(),
    fileSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .optional(),
    runtimeHint: text.optional(),
    transport: z.object({ type: z.string() }).optional(),
    runtimeArguments: z.array(argument).max(64).default([]),
    packageArguments: z.array(argument).max(64).default([]),
    environmentVariables: z.array(named).max(64).default([]),
  })
  .transform(({ name = '', identifier = name, ...rest }) => ({ ...rest, identifier }));
const remote = z.object({
  type: z.string(),
  url: text,
  headers: z.array(named).max(32).default([]),
  variables: z.record(z.string(), input).optional(),
});
const document = z.object({
  name: z.string().min(1).max(200),
  description: text.optional(),
  version: text.optional(),
  packages: z.array(pack).max(32).default([]),
  remotes: z.array(remote).max(32).default([]),
});

/** A `server.json` of the MCP registry, schema 2025-12-11. Unknown members are ignored. */
export type ServerDocument = z.infer<typeof document>;
export type ServerPackage = z.infer<typeof pack>;
export type ServerRemote = z.infer<typeof remote>;
export type ServerArgument = z.infer<typeof argument>;
export type ServerInput = z.infer<typeof valued>;

/** Members of documents before 2025-09-29. */
const OLDER: Readonly<Record<string, string>> = {
  registry_name: 'registryType',
  transport_type: 'type',
  name_: 'name',
};
const MAX_DEPTH = 16;

/**
 * Parses a `server.json`, also one with names in snake case as documents before 2025-09 have them.
 * @throws CliError with the first member that is not valid.
 */
export function parseServerDocument(value: unknown): ServerDocument {
  const read = document.safeParse(camelCased(value, 0));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CliError(`the document is not a server.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    hint: 'see https://github.com/modelcontextprotocol/registry/tree/main/docs/reference/server-json',
  });
}

/** Names of variables and placeholders are values of the author, so that maps of `variables` keep their names. */
function camelCased(value: unknown, depth: number, isMap = false): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => camelCased(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const camel = OLDER[name] ?? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [isMap || name.startsWith('_') ? name : camel, camelCased(inner, depth + 1, camel === 'variables')];
    }),
  );
}
