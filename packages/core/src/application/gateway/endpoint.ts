import type { HeldContents } from '../../domain/interfaces/interface-pin.ts';
import type { InterfaceSnapshot, ListName, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { paramHeadersOf, type ParamHeader } from '../../domain/mcp/param-headers.ts';
import { promptPrefix, toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { NO_SURFACE, toolSurface } from '../../domain/services/tool-names.ts';
import type { Discovery } from '../../domain/access/profile.ts';
import type { EndpointInfo } from './handshake.ts';
import { strictest } from './list-pages.ts';
import { namedFirst } from './name-table.ts';
import { isForAudience, isForModel, pageTools, type Audience, type PageRoute } from './page-tools.ts';
import { resourceTable, type ResourceTable, type ShownUris } from './resource-table.ts';
import type { NameList, OfferedEntry, ServiceDefinitions, ToolRoutes } from './tool-router.ts';
import type { ToolSearch } from './tool-search.ts';

/** A name that several entries wanted, with `<namespace>/<entry>` of each. */
export interface NameCollisionOfProfile {
  readonly name: string;
  readonly owners: readonly string[];
}

/** The offer of tools of a profile. */
export interface ProfileFacts {
  readonly discovery: Discovery;
  /** The search tools; absent if all tools are listed, and for callers that may not use tools. */
  readonly search?: ToolSearch;
  /** All tools that the caller may use, by name. */
  readonly entries: readonly OfferedEntry<ToolDefinition>[];
  /** Names of entries that are in the list. */
  readonly listed: ReadonlySet<string>;
  /** Names that several tools wanted. None of them has it, except a tool that the profile renames. */
  readonly collisions: readonly NameCollisionOfProfile[];
}

/** Interface of `/mcp` or of one `/mcp/<service>`. */
export interface Endpoint extends EndpointInfo {
  readonly tools: ToolRoutes<ToolDefinition>;
  readonly prompts: ToolRoutes;
  readonly resources: ResourceTable;
  /** The services that run or are about to run, in order. */
  readonly services: readonly Service[];
  /** The service of an endpoint of one service. */
  readonly only?: Service;
  /** The view of a profile. */
  readonly profile?: ProfileFacts;
  /** Returns the tools with this name of their service that app pages may call; empty on an endpoint of one service. */
  pageTools(name: string): readonly PageRoute[];
  /** Returns the parameter headers of a tool; empty for an unknown tool or a definition with an invalid annotation. */
  paramHeaders(tool: string): readonly ParamHeader[];
}

export interface VisibleService extends Audience {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly isListed: boolean;
  readonly isBuiltIn: boolean;
  /** Returns true if the caller sees the tool. */
  readonly isToolVisible: (tool: string) => boolean;
  /** Returns true if clients see the prompt, the resource or the template. */
  readonly isContentListed: (kind: keyof HeldLists, name: string) => boolean;
}

/** The kinds of entries that can be held back. */
export type HeldLists = Omit<HeldContents, 'instructions'>;

const NO_HEADERS: readonly ParamHeader[] = [];

type Name = <T extends ServiceDefinitions['definitions'][number]>(
  sources: readonly ServiceDefinitions<T>[],
  list: NameList,
) => ToolRoutes<T>;

/** Builds the lists and the routes of an endpoint from the services that its callers may know. */
export function endpointOf(
  visible: readonly VisibleService[],
  {
    names,
    shown,
    pageLength,
    ...info
  }: EndpointInfo &
    Pick<Endpoint, 'only'> & { readonly names: Name; readonly shown?: ShownUris; readonly pageLength: number },
): Endpoint {
  const listed = visible.filter(({ isListed }) => isListed);
  const services = visible.filter(({ isBuiltIn }) => !isBuiltIn);
  const hint = (list: ListName, of: readonly VisibleService[]) =>
    strictest(of.filter(({ isListed }) => isListed).map(({ snapshot }) => snapshot.hints?.[list]));
  const tools = names(
    visible.map(({ service, snapshot, isListed, canSeeGated, canShowPages, isToolVisible, isBuiltIn }) => ({
      service,
      isBuiltIn,
      definitions: namedFirst(service, snapshot.tools),
      listed: (tool) =>
        isListed &&
        isToolVisible(tool.name) &&
        isForAudience(tool, { canSeeGated, canShowPages }) &&
        (canShowPages || isForModel(tool.raw)),
      prefix: toolPrefix(service),
      surface: (name) => toolSurface(service.manifest, name),
    })),
    { member: 'tools', hint: hint('tools', visible), pageLength },
  );
  const prompts = names(
    services.map(({ service, snapshot, isListed, canSeeGated, canShowPages, isContentListed }) => ({
      service,
      definitions: snapshot.prompts,
      listed: (prompt) =>
        isListed && isContentListed('prompts', prompt.name) && isForAudience(prompt, { canSeeGated, canShowPages }),
      prefix: promptPrefix(service),
      surface: () => NO_SURFACE,
    })),
    { member: 'prompts', hint: hint('prompts', services), pageLength },
  );
  const scanned = new Map<string, readonly ParamHeader[]>();
  let ofPages: ReadonlyMap<string, readonly PageRoute[]> | undefined;
  return {
    ...info,
    tools,
    prompts,
    resources: resourceTable(
      services.filter(({ isListed }) => isListed),
      { shown, pageLength },
    ),
    services: listed.map(({ service }) => service),
    pageTools: (name) => {
      ofPages ??= pageTools(info.only === undefined ? services : []);
      return ofPages.get(name) ?? [];
    },
    paramHeaders: (name) => {
      const known = scanned.get(name);
      if (known !== undefined) return known;
      const definition = tools.routes.get(name)?.definition;
      if (definition === undefined) return NO_HEADERS;
      const headers = paramHeadersOf(definition.raw.value);
      scanned.set(name, headers);
      return headers;
    },
  };
}
