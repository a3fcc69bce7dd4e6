import { routes } from '@clarity-runtime/api-contract';
import type { Caller, Manifest, Runtime, ServiceView } from '@clarity-runtime/core';
import { withToolVisibility } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute } from '../http/route.ts';
import { pageOf } from './paging.ts';
import { emptyInterface, interfaceView, recordView, summaryView } from './views.ts';

/** Returns the routes that list, register, remove and control services. */
export function serviceRoutes({ services, overview }: Runtime): readonly HttpRoute[] {
  const reply = async (caller: Caller, view: ServiceView) => ({
    service: recordView(view, await overview.problem(caller, view.service.serviceId)),
  });
  return [
    jsonRoute(routes.listServices, async ({ caller, query }) => {
      const problems = await overview.problems(caller);
      const { items, ...rest } = pageOf(services.list(caller), ({ service: { namespace } }) => namespace, query);
      const unsupported = services.unsupported(caller);
      return {
        items: items.map((view) => summaryView(view, problems.get(view.service.serviceId), caller)),
        ...rest,
        ...(unsupported.length === 0 ? {} : { unsupported: [...unsupported] }),
      };
    }),
    jsonRoute(routes.applyService, async ({ caller, body }) =>
      // `apply` checks the manifest, because it knows the origin types of the connectors.
      reply(
        caller,
        await services.apply(caller, body.manifest as Manifest, { digest: body.digest, replaces: body.replaces }),
      ),
    ),
    jsonRoute(routes.getService, ({ caller, id }) => reply(caller, services.get(caller, id))),
    jsonRoute(routes.removeService, async ({ caller, id, body: { cleanup_artifacts: cleanUp = false } }) => {
      const { removed, left } = await services.remove(caller, id, { cleanUp });
      const files = cleanUp ? { removedFiles: removed, left } : {};
      return { removed: true as const, artifactRemoved: removed.length > 0, serviceId: id, ...files };
    }),
    jsonRoute(routes.getInterface, ({ caller, id }) => {
      const { interface: snapshot } = services.get(caller, id);
      return { serviceId: id, ...(snapshot === undefined ? emptyInterface : interfaceView(snapshot)) };
    }),
    jsonRoute(routes.startService, async ({ caller, id }) => reply(caller, await services.start(caller, id))),
    jsonRoute(routes.stopService, async ({ caller, id }) => reply(caller, await services.stop(caller, id))),
    jsonRoute(routes.restartService, async ({ caller, id }) => reply(caller, await services.restart(caller, id))),
    jsonRoute(routes.unquarantineService, async ({ caller, id, body: { reason } }) =>
      reply(caller, await services.unquarantine(caller, id, reason)),
    ),
    jsonRoute(routes.setToolVisibility, async ({ caller, id, body: { digest, ...change } }) => {
      const seen = services.get(caller, id);
      const manifest = withToolVisibility(seen.service.manifest, change);
      return reply(caller, await services.apply(caller, manifest, { digest: digest ?? seen.digest }));
    }),
    jsonRoute(routes.introspectService, async ({ caller, id }) => ({
      interface: interfaceView(await services.introspect(caller, id)),
    })),
  ];
}
