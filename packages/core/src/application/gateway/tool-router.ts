import type { NamedDefinition, CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { hasHiddenCharacters } from '../../domain/text/hidden-characters.ts';
import type { ToolSurface } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import { exposedToolName, MAX_TOOL_NAME_LENGTH } from '../../domain/services/tool-names.ts';
import { listPages, type ListPages } from './list-pages.ts';

/** Key in `_meta` of a listed definition with an altered name. */
const ORIGINAL_NAME = 'clarity/originalName';

/** The name and description of a listed definition. */
export interface ExposedNames {
  readonly name: string;
  /** The name without the namespace. */
  readonly own: string;
  /** The name before it is shortened or made unique. */
  readonly plainName: string;
  /** Replaces the description of the service. */
  readonly description?: string;
}

/**
 * Returns the JSON text of a definition with another name or description; the rest stays unchanged.
 * If the name differs from the plain name, title and `_meta` contain the original.
 */
export function exposedDefinition(
  definition: NamedDefinition,
  { name, own, plainName, description }: ExposedNames,
): string {
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

/** Target of an exposed name. */
export interface Route<T extends NamedDefinition = NamedDefinition> {
  readonly service: Service;
  /** The definition of the service with its original name. */
  readonly definition: T;
}

/** Routes of the tools or prompts of an endpoint, and their encoded list. */
export interface ToolRoutes<T extends NamedDefinition = NamedDefinition> {
  readonly routes: ReadonlyMap<string, Route<T>>;
  readonly pages: ListPages;
}

/** The tools or prompts of one service, with visibility and overrides. */
export interface ServiceDefinitions<T extends NamedDefinition = NamedDefinition> {
  readonly service: Service;
  readonly definitions: readonly T[];
  /** Returns true for listed definitions. The others only have a route, so that a call gets a precise error. */
  readonly listed: (definition: T) => boolean;
  /** Prefix of its names on the shared endpoint. */
  readonly prefix: string;
  /** Returns the overrides of the manifest, by the original name. */
  readonly surface: (name: string) => ToolSurface;
}

/** Rules of exposed names; `maxLength` is in characters. */
export interface ToolNaming {
  readonly maxLength: number;
  /** `always` prefixes every name with the namespace, `collision` only names that several services have. */
  readonly prefix: 'always' | 'collision';
}

interface Listed extends ExposedNames {
  readonly definition: NamedDefinition;
}

/** Member name and cache hint of a list result. */
export interface NameList {
  readonly member: 'tools' | 'prompts';
  readonly hint: CacheHint;
}

/** Names that every client accepts. */
const PORTABLE_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_OWN_NAME_LENGTH = 256;

/**
 * Builds the routes of the shared endpoint, prefixed by namespace. On a collision the later of `sources` is renamed.
 */
export function sharedNames<T extends NamedDefinition>(
  sources: readonly ServiceDefinitions<T>[],
  list: NameList,
  { maxLength, prefix }: ToolNaming,
): ToolRoutes<T> {
  const counts = new Map<string, number>();
  for (const { definitions, surface } of sources) {
    for (const definition of definitions) {
      const { name = definition.name } = surface(definition.name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const routes = new Map<string, Route<T>>();
  const listed: Listed[] = [];
  for (const { service, definitions, listed: isListed, prefix: before, surface } of sources) {
    for (const definition of definitions) {
      const { name: own = definition.name, ...overrides } = surface(definition.name);
      const isAlone = prefix === 'collision' && counts.get(own) === 1 && PORTABLE_NAME.test(own) && !routes.has(own);
      const name = isAlone ? own : freeName(routes, service, { before, own, maxLength });
      routes.set(name, { service, definition });
      const plainName = isAlone ? own : `${before}__${own}`;
      if (isListed(definition)) listed.push({ ...overrides, name, own, plainName, definition });
    }
  }
  return tableOf(routes, listed, list);
}

/** Builds the routes of one service. Renames only names that are unreadable, too long or already used. */
export function ownNames<T extends NamedDefinition>(
  { service, definitions, listed, prefix: before, surface }: ServiceDefinitions<T>,
  list: NameList,
): ToolRoutes<T> {
  const routes = new Map<string, Route<T>>();
  const shown: Listed[] = [];
  for (const definition of definitions) {
    const { name: own = definition.name, ...overrides } = surface(definition.name);
    const isReadable = own.length <= MAX_OWN_NAME_LENGTH && !hasHiddenCharacters(own) && !/[\t\r\n]/.test(own);
    const isFree = isReadable && !routes.has(own);
    const name = isFree ? own : freeName(routes, service, { before, own, maxLength: MAX_TOOL_NAME_LENGTH });
    routes.set(name, { service, definition });
    if (listed(definition)) shown.push({ ...overrides, name, own, plainName: own, definition });
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
