import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, noBody, whole, type Immutable } from './schemas.ts';

const patterns = z.array(z.string().min(1).max(200)).max(64);
const limit = z.int().min(1).max(1_000_000);
const toolPatterns = patterns.meta({ description: 'Patterns of `<namespace>/<tool>`; `*` matches any characters.' });

const spec = named('ProfileSpec', () =>
  z.strictObject({
    services: patterns.min(1).meta({ description: 'Namespaces of services; `*` matches any characters.' }),
    tools: z.strictObject({ allow: toolPatterns.optional(), deny: toolPatterns.optional() }).optional(),
    rename: z
      .record(z.string().max(265), z.string().max(64))
      .optional()
      .meta({ description: 'Names of tools in this profile, by `<namespace>/<tool>`.' }),
    prompts: z.boolean().optional(),
    resources: z.boolean().optional(),
    controlTools: z.enum(['none', 'read']).optional().meta({ description: '`none` when absent.' }),
    instructions: z.string().max(2_000).optional(),
    prefix: z.enum(['always', 'collision', 'never']).optional().meta({ description: 'The names of /mcp when absent.' }),
    discovery: z.enum(['full', 'pinned', 'search']).optional().meta({ description: '`full` when absent.' }),
    pinned: toolPatterns.optional(),
    maxTools: z.int().min(1).max(10_000).optional(),
    auth: z
      .enum(['any', 'token', 'oauth'])
      .optional()
      .meta({ description: 'Credentials that the profile accepts; `any` when absent.' }),
    limits: z
      .strictObject({ perMinute: limit.optional(), burst: limit.optional(), concurrency: limit.optional() })
      .optional(),
  }),
);
const profileDocument = named('Profile', () =>
  z.strictObject({
    apiVersion: z.literal('clarity.runtime/v1'),
    kind: z.literal('Profile'),
    metadata: z.strictObject({ name: z.string().min(1).max(64), title: z.string().max(100).optional() }),
    spec,
  }),
);
/** A profile in a reply. */
export type ProfileReply = Immutable<z.output<typeof profileDocument>>;

const previewedTool = z.object({ name: z.string(), namespace: z.string(), tool: z.string(), isListed: z.boolean() });

/** Routes of profiles. */
export const profilesRoutes = {
  listProfiles: get('/api/profiles', 'Returns all profiles, ordered by name.', {
    grant: 'admin',
    reply: named('ProfileList', () => z.object({ items: z.array(profileDocument) })),
  }),
  applyProfile: post('/api/profiles', 'Creates a profile, or replaces the profile of the same name.', {
    grant: 'admin',
    body: z.strictObject({ profile: profileDocument }),
    reply: named('NamedProfile', () => z.object({ profile: profileDocument })),
    errors: ['PROFILE_INVALID', 'REVISION_CONFLICT'],
  }),
  getProfile: get('/api/profiles/:id', 'Returns one profile by name.', {
    grant: 'admin',
    reply: named('OneProfile', () => z.object({ profile: profileDocument })),
    errors: ['PROFILE_NOT_FOUND'],
  }),
  removeProfile: del('/api/profiles/:id', 'Deletes a profile that no active token is bound to.', {
    grant: 'admin',
    body: noBody,
    reply: named('RemovedProfile', () => z.object({ removed: z.literal(true), name: z.string() })),
    errors: ['PROFILE_NOT_FOUND', 'PROFILE_IN_USE', 'REVISION_CONFLICT'],
  }),
  previewProfile: get(
    '/api/profiles/:id/preview',
    'Returns the tools of a profile under their names, and the size of its list.',
    {
      grant: 'admin',
      reply: named('ProfilePreview', () =>
        z.object({
          profile: z.string(),
          discovery: z.enum(['full', 'pinned', 'search']),
          tools: z.array(previewedTool),
          listBytes: whole,
        }),
      ),
      errors: ['PROFILE_NOT_FOUND'],
    },
  ),
};
