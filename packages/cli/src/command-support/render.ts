import type { CommandContext } from './command-context.ts';
import type { InterfaceReply, ReviewReply, ServiceReply } from '@clarity-runtime/api-contract';
import type { Output, Tone } from '../terminal/output.ts';

/** Prints the two MCP endpoints of a service. */
export function printEndpoints({ api, output }: CommandContext, namespace: string): void {
  const endpoint = endpointOf(api);
  output.line(`all services: ${endpoint} (tools are named ${namespace}__<tool>)`);
  output.line(`this service: ${endpoint}/${namespace}`);
}

/** Returns the MCP endpoint of the gateway. */
export const endpointOf = ({ daemonUrl }: CommandContext['api']): string => `${daemonUrl.href.replace(/\/$/, '')}/mcp`;

const verdictTones: Readonly<Record<string, Tone>> = { breaking: 'careful', suspicious: 'bad' };

/** Prints the changes of an interface with their reasons and places. */
export function printReview(
  output: Output,
  { changes, held: tools, heldContents, verdict, pinned, digest }: ReviewReply,
): void {
  const held = [...tools, ...Object.values(heldContents).flat()];
  if (changes.length === 0) output.line('no changes');
  else {
    const rows = changes.map(({ kind, name, change, from, verdict: own, reasons }) => [
      own,
      kind,
      from === undefined ? name : `${from} -> ${name}`,
      change,
      reasons.map(({ code, where }) => (where === '' ? code : `${code} (${where})`)).join(', '),
    ]);
    output.table(
      ['VERDICT', 'KIND', { title: 'NAME', fit: 'whole' }, 'CHANGE', 'WHY'],
      rows,
      (row) => verdictTones[rows[row]?.[0] ?? ''] ?? 'plain',
    );
    output.line(`verdict: ${verdict}`, verdictTones[verdict] ?? 'plain');
    output.line(`digest: ${digest}`);
  }
  if (held.length > 0) output.line(`quarantined until accepted: ${held.join(', ')}`, 'bad');
  else if (pinned) output.line('the interface is pinned, nothing is quarantined', 'good');
}

/** Prints the tools of a service, with their names on its own endpoint. */
export function printOffered(output: Output, { tools, interfaceRevision }: InterfaceReply): void {
  if (tools.length === 0)
    output.line(interfaceRevision === null ? 'the interface was never read: start the service' : 'no tools');
  else
    output.table(
      ['TOOL', 'DESCRIPTION'],
      tools.map(({ name, description = '' }) => [name, firstLine(description)]),
    );
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** Prints the settings of a service that have no effect, on standard error. */
export function printWarnings(output: Output, { namespace, runtime }: ServiceReply): void {
  for (const warning of runtime.warnings ?? []) output.note(`${namespace}: ${warning}`);
}

/** Prints the state of a service after an operation. */
export function printState(output: Output, { namespace, serviceId, runtime }: ServiceReply): void {
  const isOff = !runtime.enabled && runtime.lifecycle !== 'RUNNING';
  output.line(
    `${namespace} (${serviceId}) is ${isOff ? 'disabled' : runtime.lifecycle}`,
    runtime.lifecycle === 'RUNNING' ? 'good' : 'plain',
  );
}

/** `42s`, `7m 3s`, `5h 2m`, `3d 4h`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes === 0) return `${String(seconds)}s`;
  if (hours === 0) return `${String(minutes)}m ${String(seconds % 60)}s`;
  return days === 0 ? `${String(hours)}h ${String(minutes % 60)}m` : `${String(days)}d ${String(hours % 24)}h`;
}
