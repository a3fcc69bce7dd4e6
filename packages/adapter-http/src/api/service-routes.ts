import { routes } from '@clarity-runtime/api-contract';
import type { Manifest, Runtime, ServiceView } from '@clarity-runtime/core';
import { withToolVisibility } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute } from '../http/route.ts';
import { pageOf } from './paging.ts';
import { emptyInterface, interfaceView, recordView, summaryView } from './views.ts';

/** Returns the routes that list, register, remove and control services. */
export const serviceRoutes = ({ services }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.listServices, ({ caller, query }) => {
    const { items, ...rest } = pageOf(services.list(caller), ({ service: { namespace } }) => namespace, query);
    const unsupported = services.unsupported(caller);
    return {
      items: items.map(summaryView),
      ...rest,
      ...(unsupported.length === 0 ? {} : { unsupported: [...unsupported] }),
    };
  }),
  jsonRoute(routes.applyService, async ({ caller, body }) =>
    // `apply` checks the manifest, because it knows the origin types of the connectors.
    reply(await services.apply(caller, body.manifest as Manifest, { digest: body.digest, replaces: body.replaces })),
  ),
  jsonRoute(routes.getService, ({ caller, id }) => reply(services.get(caller, id))),
  jsonRoute(routes.removeService, async ({ caller, id, body: { cleanup_artifacts: cleanUp = false } }) => {
    const { removed, left } = await services.remove(caller, id, { cleanUp });
    const files = cleanUp ? { removedFiles: removed, left } : {};
    return { removed: true as const, artifactRemoved: removed.length > 0, serviceId: id, ...files };
  }),
  jsonRoute(routes.getInterface, ({ caller, id }) => {
    const { interface: snapshot } = services.get(caller, id);
    return { serviceId: id, ...(snapshot === undefined ? emptyInterface : interfaceView(snapshot)) };
  }),
  jsonRoute(routes.startService, async ({ caller, id }) => reply(await services.start(caller, id))),
  jsonRoute(routes.stopService, async ({ caller, id }) => reply(await services.stop(caller, id))),
  jsonRoute(routes.restartService, async ({ caller, id }) => reply(await services.restart(caller, id))),
  jsonRoute(routes.unquarantineService, async ({ caller, id, body: { reason } }) =>
    reply(await services.unquarantine(caller, id, reason)),
  ),
  jsonRoute(routes.setToolVisibility, async ({ caller, id, body: { digest, ...change } }) => {
    const seen = services.get(caller, id);
    const manifest = withToolVisibility(seen.service.manifest, change);
    return reply(await services.apply(caller, manifest, { digest: digest ?? seen.digest }));
  }),
  jsonRoute(routes.introspectService, async ({ caller, id }) => ({
    interface: interfaceView(await services.introspect(caller, id)),
  })),
];

const reply = (view: ServiceView) => ({ service: recordView(view) });
