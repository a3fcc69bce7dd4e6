import { z } from 'zod';
import { named, whole } from './named.ts';

const scheme = z.enum(['legacy_env', 'env', 'file', 'header_env']);
const place = { authRef: z.string(), provider: z.literal('file'), path: z.string() };

export const authProviders = named(
  'AuthProviders',
  z.object({
    providers: z.array(
      z.object({
        name: scheme,
        supported: z.boolean(),
        healthy: z.boolean().optional(),
        detail: z.string().optional(),
      }),
    ),
    fileRoot: z.string().nullable(),
    fileRootExists: z.boolean(),
  }),
);
export const authValidation = named(
  'AuthValidation',
  z.object({
    authRef: z.string(),
    provider: scheme,
    target: z.string(),
    redactedTarget: z.string(),
    valid: z.boolean(),
    issues: z.array(z.string()),
    headerKeys: z.array(z.string()),
    source: z.enum(['environment', 'file']),
  }),
);
export const storedSecrets = named(
  'StoredSecrets',
  z.object({ count: whole, items: z.array(z.object({ authRef: z.string(), relativePath: z.string() })) }),
);
export const writtenSecret = named('WrittenSecret', z.object({ ...place, written: z.literal(true) }));
export const deletedSecret = named('DeletedSecret', z.object({ ...place, deleted: z.boolean() }));
