import type { Caller } from '../../domain/access/caller.ts';
import { hasVerb } from '../../domain/access/decide.ts';
import type { ProfileView } from '../../domain/access/profile-view.ts';
import type { Discovery } from '../../domain/access/profile.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { Service } from '../../domain/services/service.ts';
import { toolSurface } from '../../domain/services/tool-names.ts';
import type { Backends } from './backends.ts';
import { endpointOf, type Endpoint, type ProfileFacts, type VisibleService } from './endpoint.ts';
import { SHARED_CAPABILITIES } from './handshake.ts';
import type { NameTable } from './name-table.ts';
import { profileNames } from './profile-names.ts';
import type { ResourceRouter } from './resource-router.ts';
import { pagesOf, sharedEntries, sharedNames, type OfferedEntry, type Route } from './tool-router.ts';
import { SEARCH_INSTRUCTIONS, SEARCH_TOOLS, ToolSearch } from './tool-search.ts';

export interface ProfileEndpointDependencies {
  readonly backends: Pick<Backends, 'judgedAs' | 'isUnlistedAddition'>;
  readonly names: NameTable;
  readonly resources: ResourceRouter;
  readonly pageLength: number;
  /** Instructions of the services, for a profile without its own. */
  readonly instructions: string;
}

/** Builds the interface of a profile for one caller, whose decisions include the profile already. */
export function profileEndpoint(
  view: ProfileView,
  { visible, caller }: { readonly visible: readonly VisibleService[]; readonly caller: Caller },
  { backends, names: table, resources, pageLength, instructions }: ProfileEndpointDependencies,
): Endpoint {
  const { spec } = view.profile;
  const shownUri = resources.listedUri.bind(resources);
  const namesOf = {
    tools: profileNames('tools', visible, spec, table),
    prompts: profileNames('prompts', visible, spec, table),
  };
  const canUse = hasVerb(caller, 'read') && hasVerb(caller, 'call');
  const isPinned = ({ route: { service, definition } }: OfferedEntry): boolean => {
    const { namespace, item } = backends.judgedAs(service, definition.name);
    return view.isPinned(namespace, item);
  };
  let facts: ProfileFacts | undefined;
  const built = endpointOf(visible, {
    pageLength,
    capabilities: SHARED_CAPABILITIES,
    shown: { uri: shownUri, template: resources.listedTemplate.bind(resources) },
    names: (definitions, list) => {
      const naming = { nameOf: namesOf[list.member].nameOf, shownUri };
      if (list.member === 'prompts') return sharedNames(definitions, list, naming);
      const { routes, entries } = sharedEntries(definitions, list, naming);
      // The list of tools has definitions of tools only.
      const tools = entries as unknown as readonly OfferedEntry<ToolDefinition>[];
      const pinned = entries.filter(isPinned);
      const discovery = discoveryOf(spec, { all: entries.length, pinned: pinned.length });
      const shown = discovery === 'full' ? entries : discovery === 'pinned' ? pinned : [];
      const isSearchable = discovery !== 'full' && canUse;
      const refuses = ({ service, definition }: Route): boolean => isRefused(backends, service, definition.name);
      facts = {
        discovery,
        entries: tools,
        listed: new Set(shown.map(({ name }) => name)),
        collisions: namesOf.tools.collisions,
        ...(isSearchable ? { search: new ToolSearch(tools, { routes, refuses }) } : {}),
      };
      const listed = isSearchable ? byName([...shown, ...SEARCH_TOOLS]) : shown;
      return { routes, ...pagesOf(listed, list) };
    },
  });
  const own = spec.instructions ?? instructions;
  const search = facts?.search === undefined ? '' : `\n\n${SEARCH_INSTRUCTIONS}`;
  return { ...built, instructions: `${own}${search}`, ...(facts === undefined ? {} : { profile: facts }) };
}

/** The three search tools count as listed. */
function discoveryOf(
  { discovery = 'full', maxTools = Infinity }: ProfileView['profile']['spec'],
  count: { readonly all: number; readonly pinned: number },
): Discovery {
  if (discovery === 'full' && count.all <= maxTools) return 'full';
  return discovery === 'search' || count.pinned + SEARCH_TOOLS.length > maxTools ? 'search' : 'pinned';
}

/** A tool that is callable and not listed by choice of the operator is not found by a search, so it is not called by one. */
const isRefused = (backends: Pick<Backends, 'isUnlistedAddition'>, service: Service, tool: string): boolean =>
  !backends.isUnlistedAddition(service, tool) && toolSurface(service.manifest, tool).hidden !== true;

const byName = <T extends { readonly name: string }>(entries: readonly T[]): readonly T[] =>
  entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
