import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { post } from './route.ts';
import { anyObject, named, whole, type Immutable } from './schemas.ts';

const outcome = named('ToolCallOutcome', () =>
  z.object({
    outcome: z.enum(['ok', 'tool_error', 'error', 'denied']),
    durationMs: z.number(),
    bytes: whole.meta({ description: 'Size of the result.' }),
    result: anyObject.optional().meta({ description: 'The result of MCP, with every digit that the service sent.' }),
    error: z
      .object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string().optional() })
      .optional()
      .meta({ description: 'Why the call failed, unless the service reports it in the result.' }),
  }),
);

/** The result of a tool call. */
export type ToolCallReply = Immutable<z.output<typeof outcome>>;

/** Routes of tool calls. */
export const toolsRoutes = {
  callTool: post(
    '/api/tools/call',
    'Calls a tool as the caller, under the policy of its service. A failed call is also a 200. The end of the connection cancels it. ' +
      'With `Accept: text/event-stream` the reply has events `progress`, and one `result` with this JSON, or `refused` with a Refusal.',
    {
      grant: 'call',
      body: z.strictObject({
        service: z.string().min(1).max(128).meta({ description: 'Id or namespace.' }),
        tool: z.string().min(1).max(1_024).meta({ description: 'Its name at the service.' }),
        arguments: anyObject.optional().meta({ description: 'Passed on as it is, with every digit.' }),
      }),
      reply: outcome,
      errors: ['SERVICE_NOT_FOUND', 'TOOL_NOT_FOUND', 'ARGUMENTS_INVALID'],
    },
  ),
};
