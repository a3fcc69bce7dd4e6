import { z } from 'zod';
import type { Runtime } from '@clarity-runtime/core';
import { parseJsonBody } from '../http/json-body.ts';
import { json } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { emptyInterface, interfaceView, recordView, summaryView } from './views.ts';

const noBody = z.strictObject({});
const applyBody = z.strictObject({ manifest: z.unknown() });
const unquarantineBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
const removeBody = z.strictObject({ cleanup_artifacts: z.boolean().optional() });

export const serviceRoutes = ({ services }: Runtime): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/services',
    run: ({ caller }) => json({ items: services.list(caller).map(summaryView) }),
  },
  {
    method: 'POST',
    path: '/api/services/apply',
    run: async ({ caller, body }) => {
      const { manifest } = parseJsonBody(body, applyBody);
      return json({ service: recordView(await services.apply(caller, manifest)) });
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id',
    run: ({ caller, id }) => json({ service: recordView(services.get(caller, id)) }),
  },
  {
    method: 'DELETE',
    path: '/api/services/:id',
    run: async ({ caller, id, body }) => {
      const { cleanup_artifacts: cleanUp } = parseJsonBody(body, removeBody);
      const { removed, left } = await services.remove(caller, id, { cleanUp: cleanUp === true });
      const files = cleanUp === true ? { removedFiles: removed, left } : {};
      return json({ removed: true, artifactRemoved: removed.length > 0, serviceId: id, ...files });
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id/interface',
    run: ({ caller, id }) => {
      const { interface: snapshot } = services.get(caller, id);
      return json({ serviceId: id, ...(snapshot === undefined ? emptyInterface : interfaceView(snapshot)) });
    },
  },
  {
    method: 'POST',
    path: '/api/services/:id/start',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, noBody);
      return json({ service: recordView(await services.start(caller, id)) });
    },
  },
  {
    method: 'POST',
    path: '/api/services/:id/stop',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, noBody);
      return json({ service: recordView(await services.stop(caller, id)) });
    },
  },
  {
    method: 'POST',
    path: '/api/services/:id/restart',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, noBody);
      return json({ service: recordView(await services.restart(caller, id)) });
    },
  },
  {
    method: 'POST',
    path: '/api/services/:id/unquarantine',
    run: async ({ caller, id, body }) => {
      const { reason } = parseJsonBody(body, unquarantineBody);
      return json({ service: recordView(await services.unquarantine(caller, id, reason)) });
    },
  },
  {
    method: 'POST',
    path: '/api/services/:id/introspect',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, noBody);
      return json({ interface: interfaceView(await services.introspect(caller, id)) });
    },
  },
];
