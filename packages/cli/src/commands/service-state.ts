import type { ServiceReply } from '../api/replies.ts';
import type { Output } from '../terminal/output.ts';

/** Tells what a service is doing after an operation. */
export function printState(output: Output, { namespace, serviceId, runtime }: ServiceReply): void {
  output.line(
    `${namespace} (${serviceId}) is ${runtime.lifecycle}`,
    runtime.lifecycle === 'RUNNING' ? 'good' : 'plain',
  );
}
