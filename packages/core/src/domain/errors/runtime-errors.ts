import type { ErrorRow } from './error-row.ts';

/** Errors of the runtime itself: its end, its resources, and the program around it. */
export const RUNTIME_ERRORS = {
  BODY_ALREADY_READ: {
    kind: 'internal',
    title: 'the body of the request was read before it came to this handler',
    advice: 'mount the handler ahead of body parsers, or let them keep the bytes: `express.raw({ type: "*/*" })`',
  },
  SHUTTING_DOWN: {
    kind: 'unavailable',
    title: 'the runtime is shutting down',
    advice: 'try again when it is back',
    retryable: true,
  },
  RUNTIME_CLOSED: {
    kind: 'unavailable',
    title: 'the runtime is closed',
    advice: 'create another runtime; close a runtime after the last call',
  },
  RESOURCE_EXHAUSTED: {
    kind: 'unavailable',
    title: 'the runtime has no descriptor or memory to spare',
    advice: 'try again in a moment, or start clarityd with a higher limit (`ulimit -n`)',
    retryable: true,
  },
} as const satisfies Record<string, ErrorRow>;
