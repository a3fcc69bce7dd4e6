import { z } from 'zod';
import type { Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { pageOf, pageQuery } from './paging.ts';
import {
  introspected,
  removedService,
  service,
  serviceInterface,
  services as list,
} from './replies/service-replies.ts';
import { emptyInterface, interfaceView, recordView, summaryView } from './views.ts';

const noBody = z.strictObject({});
const applyBody = z.strictObject({ manifest: z.unknown() });
const unquarantineBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
const removeBody = z.strictObject({ cleanup_artifacts: z.boolean().optional() });

export const serviceRoutes = ({ services }: Runtime): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/services',
    title: 'All services, ordered by namespace.',
    query: pageQuery,
    reply: list,
    run: ({ caller, query }) => {
      const { items, ...rest } = pageOf(services.list(caller), ({ service: { namespace } }) => namespace, query);
      return json({ items: items.map(summaryView), ...rest });
    },
  }),
  route({
    method: 'POST',
    path: '/api/services/apply',
    title: 'Registers a service, or puts the manifest in place of the one that it had.',
    body: applyBody,
    reply: service,
    refusals: [
      'MANIFEST_INVALID',
      'ORIGIN_UNSUPPORTED',
      'ARTIFACT_UNREADABLE',
      'ARTIFACT_DIGEST_MISMATCH',
      'MODULE_INVALID',
      'INTERFACE_MISMATCH',
      'NAMESPACE_TAKEN',
      'NAMESPACE_RESERVED',
      'REVISION_CONFLICT',
      'POLICY_NOT_FOUND',
    ],
    run: async ({ caller, body }) => json({ service: recordView(await services.apply(caller, body.manifest)) }),
  }),
  route({
    method: 'GET',
    path: '/api/services/:id',
    title: 'One service in full.',
    reply: service,
    refusals: ['SERVICE_NOT_FOUND'],
    run: ({ caller, id }) => json({ service: recordView(services.get(caller, id)) }),
  }),
  route({
    method: 'DELETE',
    path: '/api/services/:id',
    title: 'Stops a service and forgets it; `cleanup_artifacts` deletes what was built for it.',
    body: removeBody,
    reply: removedService,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id, body: { cleanup_artifacts: cleanUp } }) => {
      const { removed, left } = await services.remove(caller, id, { cleanUp: cleanUp === true });
      const files = cleanUp === true ? { removedFiles: removed, left } : {};
      return json({ removed: true, artifactRemoved: removed.length > 0, serviceId: id, ...files });
    },
  }),
  route({
    method: 'GET',
    path: '/api/services/:id/interface',
    title: 'What a service offers, each definition as the service wrote it.',
    reply: serviceInterface,
    refusals: ['SERVICE_NOT_FOUND'],
    run: ({ caller, id }) => {
      const { interface: snapshot } = services.get(caller, id);
      return json({ serviceId: id, ...(snapshot === undefined ? emptyInterface : interfaceView(snapshot)) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/start',
    title: 'Starts a service. A start that failed is a 200 too: the record says what happened.',
    body: noBody,
    reply: service,
    refusals: ['SERVICE_NOT_FOUND', 'SERVICE_QUARANTINED', 'SERVICE_DISABLED'],
    run: async ({ caller, id }) => json({ service: recordView(await services.start(caller, id)) }),
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/stop',
    title: 'Stops a service; one that is stopped stays so.',
    body: noBody,
    reply: service,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id }) => json({ service: recordView(await services.stop(caller, id)) }),
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/restart',
    title: 'Stops a service, if it runs, and starts it.',
    body: noBody,
    reply: service,
    refusals: ['SERVICE_NOT_FOUND', 'SERVICE_QUARANTINED', 'SERVICE_DISABLED'],
    run: async ({ caller, id }) => json({ service: recordView(await services.restart(caller, id)) }),
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/unquarantine',
    title: 'Lifts a quarantine. Nothing is started.',
    body: unquarantineBody,
    reply: service,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id, body: { reason } }) =>
      json({ service: recordView(await services.unquarantine(caller, id, reason)) }),
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/introspect',
    title: 'Asks a running service again what it offers.',
    body: noBody,
    reply: introspected,
    refusals: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'SERVICE_UNRESPONSIVE', 'UPSTREAM_UNREACHABLE'],
    run: async ({ caller, id }) => json({ interface: interfaceView(await services.introspect(caller, id)) }),
  }),
];
