import { routes } from '@clarity-runtime/api-contract';
import { callerRecord, heldVerbs, lazyModule } from '@clarity-runtime/core/internal';
import type { Runtime } from '@clarity-runtime/core';
import { compactJson } from '../http/response.ts';
import { jsonRoute, route, type HttpRoute, type RawRequest, type ReplyBody } from '../http/route.ts';
import { callView, clientView, minuteView, problemView, rowView, stateCounts } from './console-views.ts';
import type { LiveHub } from './live-hub.ts';
import type { LiveHubDependencies } from './live-options.ts';
import { pageOf } from './paging.ts';

const loadHub = lazyModule({ load: () => import('./live-hub.ts'), has: 'LiveHub' });

/** Groups of problems in the snapshot. */
const MAX_PROBLEMS = 100;

/** Returns the routes of the page: the snapshot, the stream, figures and calls. The stream is loaded at its first use. */
export function consoleRoutes(dependencies: LiveHubDependencies): readonly HttpRoute[] {
  const { runtime, cli } = dependencies;
  const { overview } = runtime;
  let hub: LiveHub | undefined;
  const openHub = async (): Promise<LiveHub> => {
    const { LiveHub: Hub } = await loadHub();
    return (hub ??= new Hub(dependencies));
  };
  return [
    route(routes.getConsole, async ({ caller, host }) => {
      const body = await snapshot(runtime, { caller, host, cli });
      return compactJson(body, { etag: `W/"${body.cursor}"` });
    }),
    route(routes.watchLive, async ({ caller, query: { topics, after }, lastEventId }) =>
      (await openHub()).watch({ caller, topics, after: lastEventId === '' ? after : (lastEventId ?? after) }),
    ),
    jsonRoute(routes.listProblems, async ({ caller, query: { limit, after } }) => {
      const { problems } = await overview.states(caller);
      const ranked = problems.map((group, rank) => ({ ...problemView(group, cli), rank }));
      const { items, next } = pageOf(ranked, ({ rank }) => String(rank).padStart(6, '0'), { limit, after });
      const shown = items.map(({ rank: _rank, ...problem }) => problem);
      return { items: shown, total: problems.length, ...(next === undefined ? {} : { next }) };
    }),
    jsonRoute(routes.listCalls, ({ caller, query: { min_ms: minMs, ...query } }) => {
      const { items, next } = overview.calls(caller, { ...query, minMs });
      return { items: items.map(callView), ...(next === undefined ? {} : { next }) };
    }),
    jsonRoute(routes.listClients, ({ caller }) => ({ items: overview.clients(caller).map(clientView) })),
    jsonRoute(routes.getSeries, ({ caller, query: { service, step } }) => {
      const { from, stepSeconds, points } = overview.series(caller, { serviceId: service, step });
      return {
        from,
        step: stepSeconds,
        series: {
          calls: points.map(({ calls }) => calls),
          failed: points.map(({ failed }) => failed),
          p50Ms: points.map(({ p50Ms }) => p50Ms ?? null),
          p95Ms: points.map(({ p95Ms }) => p95Ms ?? null),
        },
      };
    }),
    jsonRoute(routes.getSparks, ({ caller, query: { ids, step, points } }) => ({
      step,
      points,
      items: Object.fromEntries(overview.sparks(caller, ids, { step, points })),
    })),
    jsonRoute(routes.whoami, ({ caller }) => ({ caller: callerRecord(caller), grants: heldVerbs(caller) })),
  ];
}

async function snapshot(
  runtime: Runtime,
  { caller, host, cli }: Pick<RawRequest, 'caller' | 'host'> & { readonly cli: string },
): Promise<ReplyBody<typeof routes.getConsole>> {
  const { instance, overview } = runtime;
  const grants = heldVerbs(caller);
  const { position, rows, problems } = await overview.states(caller);
  return {
    cursor: position,
    runtime: {
      version: instance.version,
      instanceId: instance.id,
      startedAt: instance.startedAt,
      uptimeSeconds: Math.floor(process.uptime()),
      pid: process.pid,
      rssBytes: process.memoryUsage.rss(),
      listen: host,
      mcpPath: '/mcp',
      cli,
    },
    storage: runtime.storage(),
    counts: stateCounts(rows),
    services: rows.map(rowView),
    problems: problems.slice(0, MAX_PROBLEMS).map((group) => problemView(group, cli)),
    problemCount: problems.length,
    approvals: grants.includes('approve') ? await runtime.approvals.list(caller) : [],
    figures: minuteView(overview.minute(caller)),
    grants,
  };
}
