import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { shownPath } from '@clarity-runtime/adapter-toolchain';
import { needsAttention, statusWord, STATUS_WORDS, type StatusWord } from '@clarity-runtime/core/internal';
import { fixOf, lineOf } from '../api/service-problem.ts';
import { shownTime } from '../terminal/local-time.ts';
import type { Tone } from '../terminal/output.ts';
import type { Column } from '../terminal/table.ts';
import type { CommandContext } from './command-context.ts';
import { duration } from './render.ts';

/** The state of a service in one word; `disabled` is one of the manifest, not of the process. */
export type ServiceWord = StatusWord | 'disabled';

/** All words, for filters. */
export const SERVICE_WORDS: readonly ServiceWord[] = ['disabled', ...STATUS_WORDS];

/** A disabled service that is down is `disabled`, whatever its last start has left. */
export function serviceWord(service: ServiceSummary): ServiceWord {
  const word = statusWord(service);
  return service.enabled === false && (word === 'new' || word === 'stopped' || word === 'failing') ? 'disabled' : word;
}

/** Returns how many services have each word, as `2 ready, 1 failing`. */
export function wordCounts(services: readonly ServiceSummary[]): string {
  const words = services.map(serviceWord);
  const counts = SERVICE_WORDS.map((word) => [words.filter((one) => one === word).length, word] as const);
  return counts
    .filter(([count]) => count > 0)
    .sort(([a], [b]) => b - a)
    .map(([count, word]) => `${String(count)} ${word}`)
    .join(', ');
}

/** Reasons below the table. */
const MAX_REASONS = 5;

const HEADING: readonly Column[] = [
  { title: 'NAME', fit: 'whole' },
  { title: 'STATUS', fit: 'whole' },
  { title: 'TOOLS', fit: 'whole', optional: true },
  { title: 'UPTIME', fit: 'whole', optional: true },
  { title: 'FROM', fit: 'middle', optional: true },
];

const WIDE: readonly Column[] = [
  { title: 'ID', fit: 'whole', optional: true },
  { title: 'KIND', fit: 'whole', optional: true },
  { title: 'HEALTH', fit: 'whole', optional: true },
  { title: 'CALLS', fit: 'whole', optional: true },
  { title: 'RESTARTS', fit: 'whole', optional: true },
];

const TONES: Partial<Record<ServiceWord, Tone>> = {
  ready: 'good',
  degraded: 'bad',
  login: 'careful',
  retrying: 'careful',
  failing: 'bad',
  quarantined: 'bad',
};

/** Prints one row for each service, and below it why some of them need attention. */
export function printServices({ output, cwd }: CommandContext, services: readonly ServiceSummary[]): void {
  const { isWide } = output;
  const rows = services.map((service) => [
    service.namespace,
    serviceWord(service),
    toolCount(service),
    service.lifecycle === 'RUNNING' ? duration(service.uptimeSeconds) : '-',
    ...(isWide ? wideCells(service) : []),
    placeOf(cwd, service),
  ]);
  const heading = isWide ? [...HEADING.slice(0, -1), ...WIDE, ...HEADING.slice(-1)] : HEADING;
  output.table(heading, rows, (row) => toneOf(services[row]));
  const reasons = reasonRows(services).map(([name, reason]) => [name, output.working(reason)]);
  if (reasons.length > 0) output.table([], reasons);
}

const wideCells = ({ serviceId, originType, health, calls, restartCount }: ServiceSummary): readonly string[] => [
  serviceId,
  kindOf(originType),
  health,
  String(calls.inFlight),
  String(restartCount),
];

/** The words of `--kind`. */
export const kindOf = (originType: string): string => originType.replace(/^local_|_mcp$/g, '');

/** Returns the source of a service: a path from the current folder, a command or an address. */
export const placeOf = (cwd: string, { sourceFile, originType, what }: ServiceSummary): string => {
  // Many services have the same program: its arguments tell them apart.
  if (originType === 'local_process' && what !== undefined) return what;
  return /^https?:/.test(sourceFile) ? sourceFile : shownPath(cwd, sourceFile);
};

/** Returns name and `reason → fix` of the first services that need attention. */
function reasonRows(services: readonly ServiceSummary[]): readonly (readonly [name: string, reason: string])[] {
  const failing = services.filter((service) => {
    const word = serviceWord(service);
    return word !== 'disabled' && needsAttention(word) && lineOf(service) !== '';
  });
  const rows = failing
    .slice(0, MAX_REASONS)
    .map((service): [string, string] => [`${service.namespace}:`, reasonOf(service)]);
  const more = failing.length - rows.length;
  return more > 0 ? [...rows, ['others:', `${String(more)} more, see \`clarityctl doctor\``]] : rows;
}

function reasonOf(service: ServiceSummary): string {
  const { retryAt } = service;
  const retry = retryAt === undefined ? '' : `; next try at ${shownTime(retryAt)}`;
  return `${lineOf(service)}${retry} → ${fixOf(service).replace(/^see /, '')}`;
}

/** Returns the count of tools, with a mark for an interface that an operator should review. */
const toolCount = ({ interface: offered }: ServiceSummary): string =>
  offered === null ? '-' : `${String(offered.tools)}${offered.suspicious === true ? ' suspicious' : ''}`;

function toneOf(service: ServiceSummary | undefined): Tone {
  if (service === undefined) return 'plain';
  return service.interface?.suspicious === true ? 'bad' : (TONES[serviceWord(service)] ?? 'plain');
}
