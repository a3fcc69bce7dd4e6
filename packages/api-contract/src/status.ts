import { z } from 'zod';
import { LIMIT_NAMES } from '@clarity-runtime/core';
import { named, time, whole } from './named.ts';
import { summary } from './service-replies.ts';

export const status = named(
  'Status',
  z.object({
    runtime: z.object({ version: z.string(), pid: whole, uptimeSeconds: whole, instanceId: z.string() }),
    gateway: z.object({ listen: z.string(), mcpPath: z.string(), healthy: z.boolean() }),
    systemTools: z.object({ count: whole, items: z.array(z.string()) }),
    storage: z.object({
      state: z.enum(['up', 'degraded', 'read-only']),
      reason: z.string().optional(),
      unwritten: whole,
      droppedBefore: whole,
    }),
    refusals: z.record(z.enum(LIMIT_NAMES), whole),
    summary: z.object({
      total: whole,
      running: whole,
      degraded: whole,
      stopped: whole,
      quarantined: whole,
      local: whole,
      remote: whole,
    }),
    services: z.array(summary),
    lastUpdated: time,
  }),
);
