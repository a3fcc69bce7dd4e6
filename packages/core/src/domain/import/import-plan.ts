import type { Origin } from '../services/manifest.ts';
import { freeNamespace, namespaceProblem, normalizeNamespace } from '../services/namespace.ts';
import type { FoundPlace, FoundServer } from './found-server.ts';
import { launchIdentity } from './launch-identity.ts';
import { plannedServer, type PlannedServer } from './planned-server.ts';
import type { ImportContext } from './template-reader.ts';
import { shownTemplate, type ImportNeed } from './value-template.ts';

/** `new`: to register; `same`: registered; `conflict`: another service has the name; `unsupported`: cannot be imported. */
export type ImportState = 'new' | 'same' | 'conflict' | 'unsupported';

/** One server of the plan, with every place where it was found. */
export interface ImportPlanRow {
  readonly state: ImportState;
  /** Name of the service. */
  readonly name: string;
  readonly places: readonly FoundPlace[];
  /** Enabled in at least one place. */
  readonly isEnabled: boolean;
  /** Command or address without secrets. */
  readonly shown: string;
  /** Names of the values that go to the secret store. */
  readonly secrets: readonly string[];
  readonly needs: readonly ImportNeed[];
  readonly needsLogin: boolean;
  readonly notes: readonly string[];
  readonly reason?: string;
  readonly planned?: PlannedServer;
  /** The service of state `same`. */
  readonly serviceId?: string;
}

/** A registered service. */
export interface RegisteredService {
  readonly serviceId: string;
  readonly namespace: string;
  readonly origin: Origin;
}

export interface ImportPlanOptions {
  readonly context: ImportContext;
  readonly registered: readonly RegisteredService[];
  /** Keeps wrappers such as `mcp-remote`. */
  readonly keepsWrappers?: boolean;
  /** Other names, by the name in the configuration. */
  readonly renamed?: ReadonlyMap<string, string>;
}

/** Secrets are limited to services by names of at most 64 characters. */
const MAX_NAME_LENGTH = 56;

interface Group {
  readonly planned: PlannedServer;
  readonly members: FoundServer[];
}

/**
 * Returns one row for each different server, in the order in which they were found. Servers are equal if program or address and
 * all values are equal; with other values they are two accounts of one server. Every found server is in exactly one row.
 */
export function importPlan(found: readonly FoundServer[], options: ImportPlanOptions): readonly ImportPlanRow[] {
  const { context, registered, keepsWrappers = false, renamed = new Map<string, string>() } = options;
  const groups = new Map<string, Group>();
  const refused: ImportPlanRow[] = [];
  for (const server of found) {
    const planned = plannedServer(server, context, !keepsWrappers);
    if (typeof planned === 'string') {
      refused.push(unsupported(server, planned));
      continue;
    }
    const key = `${planned.identity}\n${planned.fingerprint}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { planned, members: [server] });
    else group.members.push(server);
  }
  const left = [...registered];
  const identities = new Map(registered.map((service) => [service, launchIdentity(service.origin)]));
  const taken = new Set<string>();
  const rows = [...groups.values()].map(({ planned, members }): ImportPlanRow => {
    const common = commonName(members);
    const wanted = normalizeNamespace(renamed.get(common) ?? common).slice(0, MAX_NAME_LENGTH);
    const equal = left.filter((service) => identities.get(service) === planned.identity);
    const same = equal.find(({ namespace }) => namespace === wanted) ?? equal[0];
    if (same !== undefined) {
      left.splice(left.indexOf(same), 1);
      return rowOf(planned, members, { state: 'same', name: same.namespace, serviceId: same.serviceId });
    }
    if (left.some(({ namespace }) => namespace === wanted)) {
      const reason = `'${wanted}' is another service; give this one a name with --rename ${common}=<name>`;
      return rowOf(planned, members, { state: 'conflict', name: wanted, reason });
    }
    const isTaken = (name: string): boolean =>
      taken.has(name) || registered.some(({ namespace }) => namespace === name);
    const free = namespaceProblem(wanted) === undefined ? wanted : `${wanted.replace(/_{2,}/g, '_')}_server`;
    const name = isTaken(free) ? freeNamespace(free, isTaken) : free;
    taken.add(name);
    return rowOf(planned, members, { state: 'new', name });
  });
  return [...rows, ...refused];
}

/** Returns the name that most clients use; the first one of several. */
function commonName(members: readonly FoundServer[]): string {
  const counts = new Map<string, number>();
  for (const { name } of members) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce<[string, number]>((best, next) => (next[1] > best[1] ? next : best), ['', 0])[0];
}

const placeOf = ({ client, scope, path, container, name }: FoundServer): FoundPlace => ({
  client,
  scope,
  path,
  container,
  name,
});

function unsupported(server: FoundServer, reason: string): ImportPlanRow {
  return {
    state: 'unsupported',
    name: normalizeNamespace(server.name),
    places: [placeOf(server)],
    isEnabled: server.isEnabled,
    shown: '',
    secrets: [],
    needs: [],
    needsLogin: false,
    notes: server.notes,
    reason,
  };
}

function rowOf(
  planned: PlannedServer,
  members: readonly FoundServer[],
  row: Pick<ImportPlanRow, 'state' | 'name' | 'reason' | 'serviceId'>,
): ImportPlanRow {
  const templates = [planned.head, ...planned.args, ...[...planned.pairs, ...planned.query].map(({ value }) => value)];
  const secrets = templates.flat().flatMap((part) => (part.type === 'secret' ? [part.name] : []));
  return {
    ...row,
    places: members.map(placeOf),
    isEnabled: members.some(({ isEnabled }) => isEnabled),
    shown: [planned.head, ...planned.args].map(shownTemplate).join(' '),
    secrets: [...new Set(secrets)],
    needs: planned.needs,
    needsLogin: planned.needsLogin,
    notes: planned.notes,
    planned,
  };
}
