import { z } from 'zod';
import { named } from './named.ts';

export const clientStates = named(
  'ClientStates',
  z.object({
    clients: z.array(
      z.object({
        client: z.string(),
        path: z.string(),
        configured: z.boolean(),
        present: z.boolean(),
        transport: z.enum(['stdio', 'http']).optional(),
        endpoint: z.string().optional(),
        command: z.string().optional(),
        args: z.array(z.string()).optional(),
        problem: z.string().optional(),
      }),
    ),
  }),
);
export const clientResults = named(
  'ClientResults',
  z.object({
    results: z.array(
      z.object({
        client: z.string(),
        updated: z.boolean(),
        path: z.string().optional(),
        next: z.string().optional(),
        entry: z.string().optional(),
      }),
    ),
  }),
);
