import type { ServiceSummary } from '../api/replies.ts';
import { shownPath } from '@clarity-runtime/adapter-toolchain';
import type { Session } from '../session.ts';
import type { Tone } from '../terminal/output.ts';

const HEADING = ['NAMESPACE', 'ID', 'STATE', 'HEALTH', 'TOOLS', 'UPTIME', 'SOURCE'];

const lifecycleTones: Readonly<Record<string, Tone>> = { RUNNING: 'good', CRASHED: 'bad', QUARANTINED: 'bad' };

/** One row for each service; red is what needs somebody. */
export function printServices({ output, cwd }: Session, services: readonly ServiceSummary[]): void {
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
