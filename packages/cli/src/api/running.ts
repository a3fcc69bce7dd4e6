import { Problem } from '../problem.ts';
import type { ServiceReply } from './replies.ts';

/** A start that the daemon answered may still have failed: then this throws, with the reason. */
export function assertRunning({ namespace, runtime }: ServiceReply): void {
  if (runtime.lifecycle === 'RUNNING') return;
  throw new Problem(`${namespace} did not start: ${runtime.lastError ?? `it is ${runtime.lifecycle}`}`, {
    hint: `see \`clarityctl logs ${namespace}\``,
  });
}
