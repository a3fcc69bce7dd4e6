import type { CommandContext } from './command-context.ts';
import type { InterfaceReply, ReviewReply, ServiceReply, ServiceSummary } from '@clarity-runtime/api-contract';
import type { Output, Tone } from '../terminal/output.ts';
import { shownPath } from '@clarity-runtime/adapter-toolchain';

/** Where a client reaches a service, among all and alone. */
export function printEndpoints({ api, output }: CommandContext, namespace: string): void {
  const endpoint = endpointOf(api);
  output.line(`all services:   ${endpoint} (its tools are named ${namespace}__<tool>)`);
  output.line(`this one alone: ${endpoint}/${namespace}`);
}

/** The one endpoint of the gateway. */
export const endpointOf = ({ daemonUrl }: CommandContext['api']): string => `${daemonUrl.href.replace(/\/$/, '')}/mcp`;

const verdictTones: Readonly<Record<string, Tone>> = { breaking: 'careful', suspicious: 'bad' };

/** What has changed at a service, the reasons with their places. */
export function printReview(output: Output, { changes, held, verdict, pinned }: ReviewReply): void {
  if (changes.length === 0) output.line('nothing has changed');
  else {
    const rows = changes.map(({ kind, name, change, from, verdict: own, reasons }) => [
      own,
      kind,
      from === undefined ? name : `${from} -> ${name}`,
      change,
      reasons.map(({ code, where }) => (where === '' ? code : `${code} (${where})`)).join(', '),
    ]);
    output.table(
      ['VERDICT', 'KIND', 'NAME', 'CHANGE', 'WHY'],
      rows,
      (row) => verdictTones[rows[row]?.[0] ?? ''] ?? 'plain',
    );
    output.line(`on the whole: ${verdict}`, verdictTones[verdict] ?? 'plain');
  }
  if (held.length > 0) output.line(`held back until accepted: ${held.join(', ')}`, 'bad');
  else if (pinned) output.line('the interface is pinned, and nothing is held back', 'good');
}

/** The tools of a service, by the names that they have on its own endpoint. */
export function printOffered(output: Output, { tools, interfaceRevision }: InterfaceReply): void {
  if (tools.length === 0) output.line(interfaceRevision === null ? 'it was never asked what it offers' : 'no tools');
  else
    output.table(
      ['TOOL', 'WHAT IT DOES'],
      tools.map(({ name, description = '' }) => [name, firstLine(description)]),
    );
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** Tells what a service is doing after an operation. */
export function printState(output: Output, { namespace, serviceId, runtime }: ServiceReply): void {
  output.line(
    `${namespace} (${serviceId}) is ${runtime.lifecycle}`,
    runtime.lifecycle === 'RUNNING' ? 'good' : 'plain',
  );
}

const HEADING = ['NAMESPACE', 'ID', 'STATE', 'HEALTH', 'TOOLS', 'UPTIME', 'SOURCE'];

const lifecycleTones: Readonly<Record<string, Tone>> = { RUNNING: 'good', CRASHED: 'bad', QUARANTINED: 'bad' };

/** One row for each service; red is what needs somebody. */
export function printServices({ output, cwd }: CommandContext, services: readonly ServiceSummary[]): void {
  const rows = services.map((service) => [
    service.namespace,
    service.serviceId,
    service.lifecycle,
    service.health,
    service.interface === null ? '-' : String(service.interface.tools),
    service.lifecycle === 'RUNNING' ? duration(service.uptimeSeconds) : '-',
    shownPath(cwd, service.sourceFile),
  ]);
  output.table(HEADING, rows, (row) => toneOf(services[row]));
}

function toneOf(service: ServiceSummary | undefined): Tone {
  if (service?.health === 'DEGRADED') return 'bad';
  return lifecycleTones[service?.lifecycle ?? ''] ?? 'plain';
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
