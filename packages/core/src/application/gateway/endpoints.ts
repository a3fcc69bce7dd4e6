import type { Caller } from '../../domain/access/caller.ts';
import type { HeldContents } from '../../domain/interfaces/interface-pin.ts';
import type { InterfaceLimits } from '../../domain/interfaces/interface-limits.ts';
import type { InterfaceSnapshot, ListName, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { Capabilities } from '../../domain/mcp/mcp.ts';
import { promptPrefix, toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { NO_SURFACE, toolSurface } from '../../domain/services/tool-names.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import { forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import { showsPages } from '../../domain/mcp/app-pages.ts';
import { paramHeadersOf, type ParamHeader } from '../../domain/mcp/param-headers.ts';
import { ownCapabilities, SHARED_CAPABILITIES, SHARED_INSTRUCTIONS, type EndpointInfo } from './handshake.ts';
import { composedInstructions, shownInstructions } from './instructions.ts';
import { strictest } from './list-pages.ts';
import { ownNames, sharedNames, type NameList, type ToolRoutes, type ServiceDefinitions } from './tool-router.ts';
import { namedFirst, type NameTable } from './name-table.ts';
import { isForModel, pageTools, type PageRoute } from './page-tools.ts';
import type { ResourceRouter } from './resource-router.ts';
import { resourceTable, type ResourceTable, type ShownUris } from './resource-table.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/** Interface of `/mcp` or of one `/mcp/<service>`. */
export interface Endpoint extends EndpointInfo {
  readonly tools: ToolRoutes<ToolDefinition>;
  readonly prompts: ToolRoutes;
  readonly resources: ResourceTable;
  /** The services that run or are about to run, in order. */
  readonly services: readonly Service[];
  /** The service of an endpoint of one service. */
  readonly only?: Service;
  /** Returns the tools with this name of their service that app pages may call; empty on an endpoint of one service. */
  pageTools(name: string): readonly PageRoute[];
  /** Returns the parameter headers of a tool; empty for an unknown tool or a definition with an invalid annotation. */
  paramHeaders(tool: string): readonly ParamHeader[];
}

/** Declared abilities of the clients of an endpoint. */
interface Audience {
  /** The client declares a capability that a server request needs, so gated entries are visible. */
  readonly canSeeGated: boolean;
  /** The client shows app pages, so tools for pages are visible. */
  readonly canShowPages: boolean;
}

interface VisibleService extends Audience {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly isListed: boolean;
  readonly isBuiltIn: boolean;
  /** Returns true if the caller sees the tool. */
  readonly isToolVisible: (tool: string) => boolean;
  /** Returns true if clients see the prompt, the resource or the template. */
  readonly isContentListed: (kind: keyof HeldLists, name: string) => boolean;
}

type HeldLists = Omit<HeldContents, 'instructions'>;
type EndpointScope = Pick<GatewayScope, 'service' | 'caller' | 'clientCapabilities'>;

export interface EndpointDependencies {
  readonly backends: Backends;
  readonly observer: UpstreamObserver;
  readonly isVisible: CallGovernance['isVisible'];
  readonly isContentVisible: CallGovernance['contents']['isContentVisible'];
  readonly names: NameTable;
  readonly resources: ResourceRouter;
  readonly limits: InterfaceLimits;
}

const SHARED = '';
const NO_HEADERS: readonly ParamHeader[] = [];

/** The interfaces of `/mcp` and of every `/mcp/<service>`, built on first use and again after a change. */
export class Endpoints {
  readonly #built = new Map<string, Endpoint>();
  readonly #backends: Backends;
  readonly #dependencies: EndpointDependencies;

  constructor(dependencies: EndpointDependencies) {
    this.#backends = dependencies.backends;
    this.#dependencies = dependencies;
  }

  /** Clears the cached interfaces. */
  invalidate(): void {
    this.#built.clear();
  }

  /** Returns the interface of a scope; `undefined` when the scope names an unknown service. */
  endpoint({ service: requested, caller, clientCapabilities }: EndpointScope): Endpoint | undefined {
    const canSeeGated = forwardedCapabilities(clientCapabilities) !== undefined;
    const audience = { canSeeGated, canShowPages: showsPages(clientCapabilities) };
    const marks = `${canSeeGated ? '?' : ''}${audience.canShowPages ? '#' : ''}`;
    const key = `${requested ?? SHARED} ${this.#backends.visibilityKey(caller)}${marks}`;
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const built = requested === undefined ? this.#shared(caller, audience) : this.#own(requested, caller, audience);
    if (built !== undefined) this.#built.set(key, built);
    return built;
  }

  #shared(caller: Caller, audience: Audience): Endpoint {
    const visible = this.#backends.services().flatMap((service) => this.#visibleServices(service, caller, audience));
    const { limits, names, resources } = this.#dependencies;
    const shownUri = resources.listedUri.bind(resources);
    return endpointOf(visible, {
      pageLength: limits.pageLength,
      capabilities: SHARED_CAPABILITIES,
      instructions: this.#sharedInstructions(visible),
      shown: { uri: shownUri, template: resources.listedTemplate.bind(resources) },
      names: (definitions, list) =>
        sharedNames(definitions, list, {
          nameOf: (serviceId, own) => names.nameOf(list.member, serviceId, own),
          shownUri,
        }),
    });
  }

  #own(requested: string, caller: Caller, audience: Audience): Endpoint | undefined {
    const all = this.#backends.services();
    const service =
      all.find(({ serviceId }) => serviceId === requested) ?? all.find(({ namespace }) => namespace === requested);
    if (service === undefined) return undefined;
    const { serviceId } = service;
    const info = this.#dependencies.observer.info(serviceId) ?? this.#backends.snapshot(serviceId)?.server?.info;
    const instructions = this.#instructionsOf(service);
    return endpointOf(this.#visibleServices(service, caller, audience), {
      pageLength: this.#dependencies.limits.pageLength,
      capabilities: ownCapabilities(this.#capabilities(serviceId)),
      ...(instructions === undefined ? {} : { instructions }),
      ...(info === undefined ? {} : { serverInfo: info }),
      only: service,
      names: (definitions, list) => ownNames(definitions[0], list),
    });
  }

  /** Returns the instructions of the last known interface; the accepted ones if the present ones are in quarantine. */
  #instructionsOf(service: Service): string | undefined {
    const { serviceId } = service;
    const { limits, observer } = this.#dependencies;
    const held = this.#backends.heldContents(serviceId).instructions;
    const given = held ?? observer.instructions(serviceId) ?? this.#backends.snapshot(serviceId)?.instructions;
    return shownInstructions(service, given, limits.instructionsLength);
  }

  #sharedInstructions(visible: readonly VisibleService[]): string {
    const shown = visible.filter(({ isBuiltIn, service }) => !isBuiltIn && service.manifest.spec.enabled);
    const texts = shown.map(({ service }) => ({ service, text: this.#instructionsOf(service) ?? '' }));
    return composedInstructions(SHARED_INSTRUCTIONS, texts);
  }

  #capabilities(serviceId: string): Capabilities | undefined {
    return this.#backends.isBuiltIn(serviceId)
      ? this.#backends.connection(serviceId)?.capabilities
      : (this.#dependencies.observer.capabilities(serviceId) ??
          this.#backends.snapshot(serviceId)?.server?.capabilities);
  }

  #visibleServices(service: Service, caller: Caller, audience: Audience): readonly VisibleService[] {
    const snapshot = this.#backends.snapshot(service.serviceId);
    if (snapshot === undefined) return [];
    const hidden = this.#backends.hiddenTools(service.serviceId, caller);
    const isToolVisible = (tool: string): boolean =>
      !hidden.has(tool) &&
      !this.#backends.isUnlistedAddition(service, tool) &&
      toolSurface(service.manifest, tool).hidden !== true &&
      this.#dependencies.isVisible(service, tool);
    const held = this.#backends.heldContents(service.serviceId);
    const isContentListed = (kind: keyof HeldLists, name: string): boolean =>
      !held[kind].has(name) &&
      this.#dependencies.isContentVisible(service, kind === 'prompts' ? kind : 'resources', name);
    const isListed = this.#backends.isOffered(service.serviceId) && service.manifest.spec.enabled;
    const found = { service, snapshot, isToolVisible, isContentListed, ...audience, isListed };
    return [{ ...found, isBuiltIn: this.#backends.isBuiltIn(service.serviceId) }];
  }
}

type Name = <T extends ServiceDefinitions['definitions'][number]>(
  sources: readonly ServiceDefinitions<T>[],
  list: NameList,
) => ToolRoutes<T>;

function endpointOf(
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
      listed: ({ name, requiresClientCapability, requiresPages, raw }) =>
        isListed &&
        isToolVisible(name) &&
        (canSeeGated || requiresClientCapability !== true) &&
        (canShowPages || (requiresPages !== true && isForModel(raw))),
      prefix: toolPrefix(service),
      surface: (name) => toolSurface(service.manifest, name),
    })),
    { member: 'tools', hint: hint('tools', visible), pageLength },
  );
  const prompts = names(
    services.map(({ service, snapshot, isListed, canSeeGated, isContentListed }) => ({
      service,
      definitions: snapshot.prompts,
      listed: ({ name, requiresClientCapability }) =>
        isListed && isContentListed('prompts', name) && (canSeeGated || requiresClientCapability !== true),
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
