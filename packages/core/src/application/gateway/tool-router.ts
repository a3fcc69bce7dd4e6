import type { NamedDefinition, CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { hasHiddenCharacters } from '../../domain/text/hidden-characters.ts';
import type { ToolSurface } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import { exposedToolName, MAX_TOOL_NAME_LENGTH } from '../../domain/services/tool-names.ts';
import { listPages, type ListPages } from './list-pages.ts';

/** Key in `_meta` of a listed definition whose name had to be altered. */
const ORIGINAL_NAME = 'clarity/originalName';

/** How a definition is listed. */
export interface Shown {
  readonly name: string;
  /** What it is called apart from all others. */
  readonly own: string;
  /** What it would be called if every client took every name. */
  readonly plainName: string;
  /** Instead of its own. */
  readonly description?: string;
}

/**
 * The JSON text of a definition under another name or with another description; all else stays as it was written. Where the
 * name is not the plain one, title and `_meta` still have the original.
 */
export function exposedDefinition(definition: NamedDefinition, { name, own, plainName, description }: Shown): string {
  if (definition.name === name && description === undefined) return definition.raw.text;
  const members = new Map(membersOf(definition.raw)).set('name', RawJson.of(name));
  if (description !== undefined) members.set('description', RawJson.of(description));
  if (name !== plainName) {
    if (definition.title === undefined) members.set('title', RawJson.of(own));
    const given = members.get('_meta');
    const meta = given === undefined ? new Map<string, RawJson>() : new Map(membersOf(given));
    members.set('_meta', objectOf(meta.set(ORIGINAL_NAME, RawJson.of(plainName))));
  }
  return objectOf(members).text;
}

/** Where a name on an endpoint leads. */
export interface Route<T extends NamedDefinition = NamedDefinition> {
  readonly service: Service;
  /** What the service says of it, with the service's own name. */
  readonly definition: T;
}

/** Names of an endpoint, of tools or of prompts, and the list that it shows of them. */
export interface ToolRoutes<T extends NamedDefinition = NamedDefinition> {
  readonly routes: ReadonlyMap<string, Route<T>>;
  readonly pages: ListPages;
}

export interface Offered<T extends NamedDefinition = NamedDefinition> {
  readonly service: Service;
  readonly definitions: readonly T[];
  /** What is listed. The others only have a route, so that a request can say why it fails. */
  readonly listed: (definition: T) => boolean;
  /** Stands before its names on the shared endpoint. */
  readonly prefix: string;
  /** What is shown instead of what the service says, by its own name. */
  readonly surface: (name: string) => ToolSurface;
}

export interface ToolNaming {
  readonly maxLength: number;
  /** `always` puts the namespace before every name, `collision` only before those that several services have. */
  readonly prefix: 'always' | 'collision';
}

interface Listed extends Shown {
  readonly definition: NamedDefinition;
}

export interface NameList {
  readonly member: 'tools' | 'prompts';
  readonly hint: CacheHint;
}

/** What every client takes as a name of its own. */
const TAKEN_AS_IT_IS = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_OWN_NAME_LENGTH = 256;

/** Every service under its namespace. `offered` is ordered: of two that want one name the later is renamed. */
export function sharedNames<T extends NamedDefinition>(
  offered: readonly Offered<T>[],
  list: NameList,
  { maxLength, prefix }: ToolNaming,
): ToolRoutes<T> {
  const counts = new Map<string, number>();
  for (const { definitions, surface } of offered) {
    for (const definition of definitions) {
      const { name = definition.name } = surface(definition.name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const routes = new Map<string, Route<T>>();
  const listed: Listed[] = [];
  for (const { service, definitions, listed: isListed, prefix: before, surface } of offered) {
    for (const definition of definitions) {
      const { name: own = definition.name, ...said } = surface(definition.name);
      const isAlone = prefix === 'collision' && counts.get(own) === 1 && TAKEN_AS_IT_IS.test(own) && !routes.has(own);
      const name = isAlone ? own : freeName(routes, service, { before, own, maxLength });
      routes.set(name, { service, definition });
      const plainName = isAlone ? own : `${before}__${own}`;
      if (isListed(definition)) listed.push({ ...said, name, own, plainName, definition });
    }
  }
  return tableOf(routes, listed, list);
}

/** One service with its names untouched, but for what no person could read, no client would take, or another has. */
export function ownNames<T extends NamedDefinition>(
  { service, definitions, listed, prefix: before, surface }: Offered<T>,
  list: NameList,
): ToolRoutes<T> {
  const routes = new Map<string, Route<T>>();
  const shown: Listed[] = [];
  for (const definition of definitions) {
    const { name: own = definition.name, ...said } = surface(definition.name);
    const isReadable = own.length <= MAX_OWN_NAME_LENGTH && !hasHiddenCharacters(own) && !/[\t\r\n]/.test(own);
    const isFree = isReadable && !routes.has(own);
    const name = isFree ? own : freeName(routes, service, { before, own, maxLength: MAX_TOOL_NAME_LENGTH });
    routes.set(name, { service, definition });
    if (listed(definition)) shown.push({ ...said, name, own, plainName: own, definition });
  }
  return tableOf(routes, shown, list);
}

function tableOf<T extends NamedDefinition>(
  routes: ReadonlyMap<string, Route<T>>,
  listed: readonly Listed[],
  { member, hint }: NameList,
): ToolRoutes<T> {
  const sorted = listed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const entries = sorted.map((entry) => exposedDefinition(entry.definition, entry));
  return { routes, pages: listPages(member, entries, hint) };
}

function freeName(
  taken: ReadonlyMap<string, unknown>,
  { serviceId }: Service,
  { before, own, maxLength }: { readonly before: string; readonly own: string; readonly maxLength: number },
): string {
  const name = exposedToolName(before, own, maxLength);
  return taken.has(name) ? exposedToolName(`${before}.${serviceId}`, own, maxLength) : name;
}
