import { routes } from '@clarity-runtime/api-contract';
import type { Profile, Runtime } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/** Returns the routes of profiles. */
export const profileRoutes = ({ profiles }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.listProfiles, async ({ caller }) => ({ items: await profiles.list(caller) })),
  jsonRoute(routes.applyProfile, async ({ caller, body }) => ({
    profile: await profiles.apply(caller, body.profile as Profile),
  })),
  jsonRoute(routes.getProfile, async ({ caller, id }) => ({ profile: await profiles.get(caller, id) })),
  jsonRoute(routes.removeProfile, async ({ caller, id }) => {
    await profiles.remove(caller, id);
    return { removed: true as const, name: id };
  }),
  jsonRoute(routes.previewProfile, ({ caller, id }) => profiles.preview(caller, id)),
];
