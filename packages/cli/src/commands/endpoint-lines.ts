import type { Session } from '../session.ts';

/** Where a client reaches a service, among all and alone. */
export function printEndpoints({ api, output }: Session, namespace: string): void {
  const endpoint = endpointOf(api);
  output.line(`all services:   ${endpoint} (its tools are named ${namespace}__<tool>)`);
  output.line(`this one alone: ${endpoint}/${namespace}`);
}

/** The one endpoint of the gateway. */
export const endpointOf = ({ daemonUrl }: Session['api']): string => `${daemonUrl.href.replace(/\/$/, '')}/mcp`;
