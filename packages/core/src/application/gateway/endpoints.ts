import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn, knowsOf } from '../../domain/access/decide.ts';
import type { ItemKind } from '../../domain/access/profile.ts';
import type { InterfaceLimits } from '../../domain/interfaces/interface-limits.ts';
import { knownPart } from '../../domain/interfaces/interface-snapshot.ts';
import { showsPages } from '../../domain/mcp/app-pages.ts';
import { forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import type { Capabilities } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import { toolSurface } from '../../domain/services/tool-names.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import type { Backends } from './backends.ts';
import { endpointOf, type Endpoint, type HeldLists, type VisibleService } from './endpoint.ts';
import { ownCapabilities, SHARED_CAPABILITIES, SHARED_INSTRUCTIONS } from './handshake.ts';
import { composedInstructions, shownInstructions } from './instructions.ts';
import type { NameTable } from './name-table.ts';
import { withPageDefinitions, type Audience } from './page-tools.ts';
import { profileEndpoint } from './profile-endpoint.ts';
import type { ResourceRouter } from './resource-router.ts';
import { ownNames, sharedNames } from './tool-router.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

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

type FoundScope = { readonly [K in keyof Required<EndpointScope>]: EndpointScope[K] | undefined };

/** Returns whether two scopes have the same endpoint for sure. */
const isSameScope = (a: FoundScope, b: EndpointScope): boolean =>
  b.caller.profile === undefined &&
  a.caller?.grants === b.caller.grants &&
  a.caller.door === b.caller.door &&
  a.service === b.service &&
  a.clientCapabilities === b.clientCapabilities;

/** Maximum number of cached interfaces: one per endpoint, grants and abilities of clients. */
const MAX_BUILT_COUNT = 256;
const SHARED = '';

/** The interfaces of `/mcp` and of every `/mcp/<service>`, built on first use and again after a change. */
export class Endpoints {
  readonly #built = new Map<string, Endpoint>();
  readonly #backends: Backends;
  readonly #dependencies: EndpointDependencies;
  /** The last lookup: the calls of one client find their endpoint without a key. */
  #last: (FoundScope & { readonly endpoint: Endpoint }) | undefined;

  constructor(dependencies: EndpointDependencies) {
    this.#backends = dependencies.backends;
    this.#dependencies = dependencies;
  }

  /** The oldest interface yields, so that the number of tokens and service names does not bound the memory. */
  #keep(key: string, built: Endpoint): void {
    const [oldest] = this.#built.keys();
    if (this.#built.size >= MAX_BUILT_COUNT && oldest !== undefined) this.#built.delete(oldest);
    this.#built.set(key, built);
  }

  /** Clears the cached interfaces. */
  invalidate(): void {
    this.#built.clear();
    this.#last = undefined;
  }

  /** Returns the interface of a scope; `undefined` when the scope names an unknown service. */
  endpoint(scope: EndpointScope): Endpoint | undefined {
    const last = this.#last;
    if (last !== undefined && isSameScope(last, scope)) return last.endpoint;
    const endpoint = this.#endpoint(scope);
    // The view of a profile changes without a new caller.
    if (endpoint !== undefined && scope.caller.profile === undefined) {
      const { service, caller, clientCapabilities } = scope;
      this.#last = { service, caller, clientCapabilities, endpoint };
    }
    return endpoint;
  }

  #endpoint({ service: requested, caller, clientCapabilities }: EndpointScope): Endpoint | undefined {
    const canSeeGated = forwardedCapabilities(clientCapabilities) !== undefined;
    const audience = { canSeeGated, canShowPages: showsPages(clientCapabilities) };
    const marks = `${canSeeGated ? '?' : ''}${audience.canShowPages ? '#' : ''}`;
    const key = `${requested ?? SHARED} ${this.#backends.visibilityKey(caller)}${marks}`;
    const cached = this.#built.get(key);
    if (cached !== undefined) return cached;
    const built = requested === undefined ? this.#shared(caller, audience) : this.#own(requested, caller, audience);
    if (built !== undefined) this.#keep(key, built);
    return built;
  }

  /** Returns the services that a caller may know. */
  #knownServices(caller: Caller): readonly Service[] {
    return this.#backends
      .services()
      .filter((service) => knowsOf(caller, this.#backends.judgedAs(service, '').namespace));
  }

  #shared(caller: Caller, audience: Audience): Endpoint {
    const visible = this.#knownServices(caller).flatMap((service) => this.#visibleServices(service, caller, audience));
    const { limits, names, resources } = this.#dependencies;
    const view = caller.profile?.view;
    if (view !== undefined) {
      const instructions = this.#sharedInstructions(visible);
      const own = { backends: this.#backends, names, resources, pageLength: limits.pageLength, instructions };
      return profileEndpoint(view, { visible, caller }, own);
    }
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
    const all = this.#knownServices(caller);
    const service =
      all.find(({ serviceId }) => serviceId === requested) ??
      all.find(({ namespace }) => namespace === requested) ??
      all.find(({ previousIds }) => previousIds?.includes(requested));
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
    const full = this.#backends.snapshot(service.serviceId);
    if (full === undefined) return [];
    const knows = (item: string, kind: ItemKind): boolean => {
      const target = this.#backends.judgedAs(service, item);
      return knowsOf(caller, target.namespace, target.item, kind);
    };
    const uses = (item: string, kind: ItemKind): boolean => {
      const target = this.#backends.judgedAs(service, item);
      return allowsOn(caller, 'call', target.namespace, target.item, kind);
    };
    const part = knownPart(full, knows);
    const hidden = this.#backends.hiddenTools(service.serviceId, caller);
    const snapshot = audience.canShowPages ? withPageDefinitions(part, hidden) : part;
    const isToolVisible = (tool: string): boolean =>
      !hidden.has(tool) &&
      uses(tool, 'tool') &&
      !this.#backends.isUnlistedAddition(service, tool) &&
      toolSurface(service.manifest, tool).hidden !== true &&
      this.#dependencies.isVisible(service, tool);
    const held = this.#backends.heldContents(service.serviceId);
    const isContentListed = (kind: keyof HeldLists, name: string): boolean =>
      !held[kind].has(name) &&
      uses(name, kind === 'prompts' ? 'prompt' : 'resource') &&
      this.#dependencies.isContentVisible(service, kind === 'prompts' ? kind : 'resources', name);
    const isListed = this.#backends.isOffered(service.serviceId) && service.manifest.spec.enabled;
    const found = { service, snapshot, isToolVisible, isContentListed, ...audience, isListed };
    return [{ ...found, isBuiltIn: this.#backends.isBuiltIn(service.serviceId) }];
  }
}
