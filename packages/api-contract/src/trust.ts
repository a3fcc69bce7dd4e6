import { z } from 'zod';
import { del, get, post } from './route.ts';
import { named, noBody, whole, type Immutable } from './schemas.ts';

const trustReport = named('TrustReport', () =>
  z.object({
    trusted: z.boolean(),
    workspace: z.string().optional(),
    problems: z.array(
      z.object({
        file: z.string(),
        reason: z.enum(['unsigned', 'rolled_back', 'missing', 'moved', 'unknown', 'revoked']),
        text: z.string(),
        expected: whole.optional(),
        found: whole.optional(),
      }),
    ),
    services: z.array(
      z.object({
        serviceId: z.string(),
        namespace: z.string(),
        type: z.string(),
        starts: z.boolean(),
        runs: z.string(),
        cwd: z.string().optional(),
        environment: z.array(z.string()),
        credentials: z.array(z.string()),
        artifact: z.string().optional(),
      }),
    ),
    policies: z.array(z.string()),
    digest: z.string(),
  }),
);

/** The trust in the workspace, with the reasons against it. */
export type TrustReply = Immutable<z.output<typeof trustReport>>;

const trustBody = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'use the `digest` of `GET /api/trust`'),
});

/** Routes of the decision whether the stored state may act. */
export const trustRoutes = {
  getTrust: get('/api/trust', 'Returns whether the workspace is trusted, and what its services run.', {
    grant: 'approve',
    reply: trustReport,
  }),
  trust: post('/api/trust', 'Trusts the workspace with this digest and starts its services.', {
    grant: 'approve',
    body: trustBody,
    reply: trustReport,
    errors: ['REVISION_CONFLICT'],
  }),
  revokeTrust: del('/api/trust', 'Stops all services and withdraws the trust of the workspace.', {
    grant: 'approve',
    body: noBody,
    reply: trustReport,
  }),
};
