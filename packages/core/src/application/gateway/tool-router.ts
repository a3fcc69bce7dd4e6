import type { NamedDefinition, CacheHint } from '../../domain/interfaces/interface-snapshot.ts';
import { isLegacyOutputSchema } from '../../domain/interfaces/definition-repair.ts';
import { repairForModels } from '../../domain/interfaces/model-repair.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { hasHiddenCharacters } from '../../domain/text/hidden-characters.ts';
import type { ToolSurface } from '../../domain/services/manifest.ts';
import { NAME_SEPARATOR } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { listPages, type ListPages, type PagedList } from './list-pages.ts';
import { exposedToolName, MAX_TOOL_NAME_LENGTH, repairsDefinitions } from '../../domain/services/tool-names.ts';
import { withShownDefinition } from './shown-uris.ts';

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
  /** The list for clients of the legacy era, which refuse an output schema that is not one of an object. */
  readonly legacyPages: ListPages;
}

/** The tools or prompts of one service, with visibility and overrides. */
export interface ServiceDefinitions<T extends NamedDefinition = NamedDefinition> {
  readonly service: Service;
  readonly definitions: readonly T[];
  /** Returns true for listed definitions. The others only have a route, so that a call gets a precise error. */
  readonly listed: (definition: T) => boolean;
  /** Prefix of its names on the shared endpoint. */
  readonly prefix: string;
  /** A part of the runtime: its tools can always be called with their prefix. */
  readonly isBuiltIn?: boolean;
  /** Returns the overrides of the manifest, by the original name. */
  readonly surface: (name: string) => ToolSurface;
}

interface Listed<T extends NamedDefinition> extends ExposedNames {
  readonly definition: NamedDefinition;
  readonly route: Route<T>;
}

/** One entry of a list with its definitions as JSON text: for clients of both eras, and without what legacy clients refuse. */
export interface OfferedEntry<T extends NamedDefinition = NamedDefinition> {
  readonly name: string;
  readonly route: Route<T>;
  readonly text: string;
  readonly legacyText: string;
}

/** Member name, cache hint and page length of a list result. */
export interface NameList extends PagedList {
  readonly member: 'tools' | 'prompts';
  readonly hint: CacheHint;
}

const MAX_OWN_NAME_LENGTH = 256;

/** The names and URIs of the shared endpoint. */
export interface SharedNaming {
  /** Returns the name of an entry of a service; undefined for an entry without a name. */
  readonly nameOf: (serviceId: string, own: string) => string | undefined;
  /** Returns the URI by which clients know a resource of a service. */
  readonly shownUri: (service: Service, uri: string) => string;
}

/** Builds the routes of the shared endpoint. */
export function sharedNames<T extends NamedDefinition>(
  sources: readonly ServiceDefinitions<T>[],
  list: NameList,
  naming: SharedNaming,
): ToolRoutes<T> {
  const { routes, entries } = sharedEntries(sources, list, naming);
  return { routes, ...pagesOf(entries, list) };
}

/** Builds the routes of the shared endpoint, and its list before it is encoded, by name. */
export function sharedEntries<T extends NamedDefinition>(
  sources: readonly ServiceDefinitions<T>[],
  list: Pick<NameList, 'member'>,
  { nameOf, shownUri }: SharedNaming,
): { readonly routes: ReadonlyMap<string, Route<T>>; readonly entries: readonly OfferedEntry<T>[] } {
  const routes = new Map<string, Route<T>>();
  const listed: Listed<T>[] = [];
  for (const { service, definitions, listed: isListed, prefix: before, surface, isBuiltIn } of sources) {
    for (const definition of definitions) {
      const name = nameOf(service.serviceId, definition.name);
      if (name === undefined) continue;
      const { name: own = definition.name, ...overrides } = surface(definition.name);
      const route = { service, definition };
      routes.set(name, route);
      if (isBuiltIn === true) routes.set(`${before}${NAME_SEPARATOR}${own}`, route);
      const plainName = name === own ? own : `${before}__${own}`;
      const shown = list.member === 'tools' ? shownForModels(service, definition.raw) : definition.raw;
      const raw = withShownDefinition(shown, (uri) => shownUri(service, uri));
      if (!isListed(definition)) continue;
      listed.push({ ...overrides, name, own, plainName, route, definition: { ...definition, raw } });
    }
  }
  return { routes, entries: entriesOf(listed) };
}

const repaired = new WeakMap<RawJson, RawJson>();

/** Returns the definition of a tool for the shared endpoint: repaired if the manifest of its service wants it. */
export function shownForModels({ manifest }: Service, definition: RawJson): RawJson {
  if (!repairsDefinitions(manifest)) return definition;
  const known = repaired.get(definition) ?? repairForModels(definition);
  repaired.set(definition, known);
  return known;
}

/** Builds the routes of one service, none without it. Renames only names that are unreadable, too long or already used. */
export function ownNames<T extends NamedDefinition>(
  source: ServiceDefinitions<T> | undefined,
  list: NameList,
): ToolRoutes<T> {
  const routes = new Map<string, Route<T>>();
  const shown: Listed<T>[] = [];
  if (source === undefined) return { routes, ...pagesOf([], list) };
  const { service, definitions, listed, prefix: before, surface } = source;
  for (const definition of definitions) {
    const { name: own = definition.name, ...overrides } = surface(definition.name);
    const isReadable = own.length <= MAX_OWN_NAME_LENGTH && !hasHiddenCharacters(own) && !/[\t\r\n]/.test(own);
    const isFree = isReadable && !routes.has(own);
    const name = isFree ? own : freeName(routes, service, { before, own, maxLength: MAX_TOOL_NAME_LENGTH });
    const route = { service, definition };
    routes.set(name, route);
    if (listed(definition)) shown.push({ ...overrides, name, own, plainName: own, route, definition });
  }
  return { routes, ...pagesOf(entriesOf(shown), list) };
}

function entriesOf<T extends NamedDefinition>(listed: readonly Listed<T>[]): readonly OfferedEntry<T>[] {
  const sorted = listed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((entry) => {
    const text = exposedDefinition(entry.definition, entry);
    const schema = membersOf(entry.definition.raw).get('outputSchema');
    const { name, route } = entry;
    if (schema === undefined || isLegacyOutputSchema(schema)) return { name, route, text, legacyText: text };
    const all = new Map(membersOf(RawJson.fromText(text)));
    all.delete('outputSchema');
    return { name, route, text, legacyText: objectOf(all).text };
  });
}

/** Returns the encoded lists of entries. */
export function pagesOf(
  entries: readonly Pick<OfferedEntry, 'text' | 'legacyText'>[],
  list: NameList,
): Pick<ToolRoutes, 'pages' | 'legacyPages'> {
  const pages = listPages(
    list,
    entries.map(({ text }) => text),
  );
  const isEqual = entries.every(({ text, legacyText }) => text === legacyText);
  const legacy = (): ListPages =>
    listPages(
      list,
      entries.map(({ legacyText }) => legacyText),
    );
  return { pages, legacyPages: isEqual ? pages : legacy() };
}

function freeName(
  taken: ReadonlyMap<string, unknown>,
  { serviceId }: Service,
  { before, own, maxLength }: { readonly before: string; readonly own: string; readonly maxLength: number },
): string {
  const name = exposedToolName(before, own, maxLength);
  return taken.has(name) ? exposedToolName(`${before}.${serviceId}`, own, maxLength) : name;
}
