import type { ProfileSpec } from '../../domain/access/profile.ts';
import { isRuntimeName, NAME_SEPARATOR, promptPrefix, toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { exposedToolName, toolSurface } from '../../domain/services/tool-names.ts';
import type { NameCollisionOfProfile, VisibleService } from './endpoint.ts';
import type { NameTable } from './name-table.ts';

/** The names of a profile, by id of the service and own name. */
export interface ProfileNames {
  readonly nameOf: (serviceId: string, own: string) => string | undefined;
  readonly collisions: readonly NameCollisionOfProfile[];
}

interface Entry {
  readonly service: Service;
  readonly own: string;
  readonly wanted: string;
  /** Names for an entry that cannot have the wanted one. */
  readonly others: readonly string[];
}

type Named = Pick<VisibleService, 'service' | 'snapshot' | 'isBuiltIn'>;

/** Names that every client accepts, without the mark of a service: such a mark could be that of another service. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/**
 * Returns the names of the tools or prompts of a profile: a pure function of the profile and of the present interfaces. A
 * renamed tool has its name. A name that several others want goes to none of them, so that a service that adds a tool never
 * takes the name of another one.
 */
export function profileNames(
  kind: 'tools' | 'prompts',
  visible: readonly Named[],
  { prefix, rename = {} }: ProfileSpec,
  table: NameTable,
): ProfileNames {
  const renamed = new Map<string, Entry>();
  const rest: Entry[] = [];
  for (const { service, snapshot, isBuiltIn } of visible) {
    for (const { name: own } of snapshot[kind]) {
      const entry = entryOf(service, own);
      const name = kind === 'tools' && !isBuiltIn ? ownValue(rename, `${service.namespace}/${own}`) : undefined;
      if (name === undefined)
        rest.push(isBuiltIn ? { ...entry, wanted: table.nameOf(kind, service.serviceId, own) ?? '' } : entry);
      else renamed.set(name, entry);
    }
  }

  function entryOf(service: Service, own: string): Entry {
    const shown = kind === 'tools' ? (toolSurface(service.manifest, own).name ?? own) : own;
    const before = kind === 'tools' ? toolPrefix(service) : promptPrefix(service);
    const others = [before, `${before}.${service.serviceId}`].map((mark) =>
      exposedToolName(mark, shown, table.naming.maxLength),
    );
    const isPlain = PLAIN_NAME.test(shown) && !shown.includes(NAME_SEPARATOR) && !isRuntimeName(shown);
    const plain = isPlain ? shown : (others[0] ?? shown);
    const asShared = table.nameOf(kind, service.serviceId, own) ?? '';
    const wanted = prefix === undefined ? asShared : prefix === 'always' ? (others[0] ?? shown) : plain;
    return { service, own, wanted, others };
  }

  const names = new Map<string, Map<string, string>>();
  const taken = new Map<string, Entry>();
  const keep = (name: string, entry: Entry): void => {
    taken.set(name, entry);
    const { serviceId } = entry.service;
    const own = names.get(serviceId) ?? new Map<string, string>();
    names.set(serviceId, own.set(entry.own, name));
  };
  for (const [name, entry] of renamed) keep(name, entry);
  const wishes = new Map<string, Entry[]>();
  for (const entry of rest)
    if (entry.wanted !== '') wishes.set(entry.wanted, [...(wishes.get(entry.wanted) ?? []), entry]);
  const losers: Entry[] = [];
  const collisions: NameCollisionOfProfile[] = [];
  for (const [name, entries] of wishes) {
    const [only, ...more] = entries;
    const holder = taken.get(name);
    if (only !== undefined && more.length === 0 && holder === undefined) keep(name, only);
    else {
      losers.push(...entries);
      collisions.push({ name, owners: [...(holder === undefined ? [] : [holder]), ...entries].map(pathOf) });
    }
  }
  for (const entry of losers) {
    const name = entry.others.find((other) => !taken.has(other));
    if (name !== undefined) keep(name, entry);
  }
  return { nameOf: (serviceId, own) => names.get(serviceId)?.get(own), collisions };
}

const pathOf = ({ service, own }: Entry): string => `${service.namespace}/${own}`;

const ownValue = (of: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;
