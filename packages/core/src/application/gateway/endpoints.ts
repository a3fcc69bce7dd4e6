import type { Caller } from '../../domain/access/caller.ts';
import type { InterfaceSnapshot, ListName, ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { Capabilities } from '../../domain/mcp/mcp.ts';
import { toolPrefix } from '../../domain/services/namespace.ts';
import type { Service } from '../../domain/services/service.ts';
import { NO_SURFACE, toolSurface } from '../../domain/services/tool-names.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import { forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import { scanParamHeaders, type ParamHeader } from '../../domain/mcp/param-headers.ts';
import { ownCapabilities, SHARED_CAPABILITIES, SHARED_INSTRUCTIONS, type Introduction } from './handshake.ts';
import { strictest } from './list-pages.ts';
import { ownNames, sharedNames, type NameList, type ToolRoutes, type ToolNaming, type Offered } from './tool-router.ts';
import { resourceTable, type ResourceTable } from './resource-table.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/** Interface of `/mcp` or of one `/mcp/<service>`. */
export interface Endpoint extends Introduction {
  readonly tools: ToolRoutes<ToolDefinition>;
  readonly prompts: ToolRoutes;
  readonly resources: ResourceTable;
  /** The running services, in order. */
  readonly services: readonly Service[];
  /** Returns the parameter headers of a tool; empty for an unknown tool or a definition with an invalid annotation. */
  paramHeaders(tool: string): readonly ParamHeader[];
}

interface OfferedService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly isListed: boolean;
  readonly isBuiltIn: boolean;
  /** The client declares a capability that a server request needs, so gated entries are visible. */
  readonly isAskable: boolean;
  /** Returns true if the caller sees the tool. */
  readonly offers: (tool: string) => boolean;
}

type Audience = Pick<GatewayScope, 'service' | 'caller' | 'clientCapabilities'>;

export interface EndpointDependencies {
  readonly offer: Backends;
  readonly facts: UpstreamObserver;
  readonly isVisible: CallGovernance['isVisible'];
  readonly naming: ToolNaming;
}

const SHARED = '';
const NO_HEADERS: readonly ParamHeader[] = [];

/** The interfaces of `/mcp` and of every `/mcp/<service>`, built on first use and again after a change. */
export class Endpoints {
  readonly #built = new Map<string, Endpoint>();
  readonly #services: Backends;
  readonly #facts: UpstreamObserver;
  readonly #isVisible: CallGovernance['isVisible'];
  readonly #naming: ToolNaming;

  constructor({ offer, facts, isVisible, naming }: EndpointDependencies) {
    this.#services = offer;
    this.#facts = facts;
    this.#isVisible = isVisible;
    this.#naming = naming;
  }

  /** Clears the cached interfaces. */
  invalidate(): void {
    this.#built.clear();
  }

  /** Returns the interface of a scope; `undefined` when the scope names an unknown service. */
  endpoint({ service: wanted, caller, clientCapabilities }: Audience): Endpoint | undefined {
    const isAskable = forwardedCapabilities(clientCapabilities) !== undefined;
    const key = `${wanted ?? SHARED} ${this.#services.visibilityKey(caller)}${isAskable ? '?' : ''}`;
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const built = wanted === undefined ? this.#shared(caller, isAskable) : this.#own(wanted, caller, isAskable);
    if (built !== undefined) this.#built.set(key, built);
    return built;
  }

  #shared(caller: Caller, isAskable: boolean): Endpoint {
    const offered = this.#services.services().flatMap((service) => this.#offer(service, caller, isAskable));
    return endpointOf(offered, {
      capabilities: SHARED_CAPABILITIES,
      instructions: SHARED_INSTRUCTIONS,
      names: (definitions, list) => sharedNames(definitions, list, this.#naming),
    });
  }

  #own(wanted: string, caller: Caller, isAskable: boolean): Endpoint | undefined {
    const all = this.#services.services();
    const service =
      all.find(({ serviceId }) => serviceId === wanted) ?? all.find(({ namespace }) => namespace === wanted);
    if (service === undefined) return undefined;
    const { serviceId } = service;
    const instructions = this.#facts.instructions(serviceId);
    return endpointOf(this.#offer(service, caller, isAskable), {
      capabilities: ownCapabilities(this.#capabilities(serviceId)),
      ...(instructions === undefined ? {} : { instructions }),
      names: (definitions, list) =>
        definitions[0] === undefined ? sharedNames([], list, this.#naming) : ownNames(definitions[0], list),
    });
  }

  #capabilities(serviceId: string): Capabilities | undefined {
    const services = this.#services;
    return services.isBuiltIn(serviceId)
      ? services.connection(serviceId)?.capabilities
      : this.#facts.capabilities(serviceId);
  }

  #offer(service: Service, caller: Caller, isAskable: boolean): readonly OfferedService[] {
    const { serviceId } = service;
    const snapshot = this.#services.snapshot(serviceId);
    if (snapshot === undefined) return [];
    const isRunning = this.#services.status(serviceId).lifecycle === 'RUNNING';
    const unlisted = this.#services.hiddenTools(serviceId, caller);
    const offers = (tool: string): boolean =>
      !unlisted.has(tool) && toolSurface(service.manifest, tool).hidden !== true && this.#isVisible(service, tool);
    const isListed = isRunning && service.manifest.spec.enabled;
    const isBuiltIn = this.#services.isBuiltIn(serviceId);
    return [{ service, snapshot, offers, isAskable, isListed, isBuiltIn }];
  }
}

type Name = <T extends Offered['definitions'][number]>(offered: readonly Offered<T>[], list: NameList) => ToolRoutes<T>;

function endpointOf(
  offered: readonly OfferedService[],
  { names, ...said }: Introduction & { readonly names: Name },
): Endpoint {
  const listed = offered.filter(({ isListed }) => isListed);
  const services = offered.filter(({ isBuiltIn }) => !isBuiltIn);
  const hint = (list: ListName, of: readonly OfferedService[]) =>
    strictest(of.filter(({ isListed }) => isListed).map(({ snapshot }) => snapshot.hints?.[list]));
  const tools = names(
    offered.map(({ service, snapshot, isListed, isAskable, offers }) => ({
      service,
      definitions: namedFirst(service, snapshot.tools),
      listed: ({ name, requiresClientCapability }) =>
        isListed && offers(name) && (isAskable || requiresClientCapability !== true),
      prefix: toolPrefix(service),
      surface: (name) => toolSurface(service.manifest, name),
    })),
    { member: 'tools', hint: hint('tools', offered) },
  );
  const prompts = names(
    services.map(({ service, snapshot, isListed, isAskable }) => ({
      service,
      definitions: snapshot.prompts,
      listed: ({ requiresClientCapability }) => isListed && (isAskable || requiresClientCapability !== true),
      prefix: service.namespace,
      surface: () => NO_SURFACE,
    })),
    { member: 'prompts', hint: hint('prompts', services) },
  );
  const scanned = new Map<string, readonly ParamHeader[]>();
  return {
    ...said,
    tools,
    prompts,
    resources: resourceTable(services.filter(({ isListed }) => isListed)),
    services: listed.map(({ service }) => service),
    paramHeaders: (name) => {
      const known = scanned.get(name);
      if (known !== undefined) return known;
      const definition = tools.routes.get(name)?.definition;
      if (definition === undefined) return NO_HEADERS;
      const headers = paramHeadersOf(definition);
      scanned.set(name, headers);
      return headers;
    },
  };
}

/** Not specified for a gateway: a tool with an invalid annotation is forwarded, and its headers are not checked. */
function paramHeadersOf({ raw }: ToolDefinition): readonly ParamHeader[] {
  const scan = scanParamHeaders((raw.value as { readonly inputSchema?: unknown }).inputSchema);
  return 'headers' in scan ? scan.headers : NO_HEADERS;
}

/** Puts tools that the manifest names first, so that their names take precedence over the names of other tools. */
function namedFirst({ manifest }: Service, tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  if (manifest.spec.surface?.tools === undefined) return tools;
  const isNamed = ({ name }: ToolDefinition): boolean => toolSurface(manifest, name).name !== undefined;
  return [...tools.filter(isNamed), ...tools.filter((tool) => !isNamed(tool))];
}
