import type { InterfaceSnapshot, ListName, ToolDefinition } from '../../domain/interface-snapshot.ts';
import type { Service } from '../../domain/service.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { CallRoad } from '../policy/call-road.ts';
import type { ServiceCatalog } from '../service-catalog.ts';
import type { ServiceSupervisor } from '../service-supervisor.ts';
import { headerArguments } from './header-arguments.ts';
import { ownCapabilities, SHARED_CAPABILITIES, SHARED_INSTRUCTIONS, type Introduction } from './handshake.ts';
import { strictest } from './list-pages.ts';
import { ownNames, sharedNames, type NameList, type NameTable, type Naming, type Offered } from './name-table.ts';
import { resourceTable, type ResourceTable } from './resource-table.ts';
import type { UpstreamFacts } from './upstream-facts.ts';

/** Everything that `/mcp` or one `/mcp/<service>` offers. */
export interface Endpoint extends Introduction {
  readonly tools: NameTable<ToolDefinition>;
  readonly prompts: NameTable;
  readonly resources: ResourceTable;
  /** Those that run, in order. */
  readonly services: readonly Service[];
  headerArguments(tool: string): ReadonlyMap<string, string>;
}

interface OfferedService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly isListed: boolean;
  /** Whether its policy shows the tool to clients. */
  readonly offers: (tool: string) => boolean;
}

export interface EndpointParts {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly facts: UpstreamFacts;
  readonly road: CallRoad;
  readonly naming: Naming;
}

const SHARED = '';
const NO_ARGUMENTS: ReadonlyMap<string, string> = new Map();

/** The tables of `/mcp` and of every `/mcp/<service>`, built when first asked for and again after a change. */
export class Endpoints {
  readonly #built = new Map<string, Endpoint>();
  readonly #catalog: ServiceCatalog;
  readonly #supervisor: ServiceSupervisor;
  readonly #facts: UpstreamFacts;
  readonly #road: CallRoad;
  readonly #naming: Naming;

  constructor({ catalog, supervisor, facts, road, naming }: EndpointParts) {
    this.#catalog = catalog;
    this.#supervisor = supervisor;
    this.#facts = facts;
    this.#road = road;
    this.#naming = naming;
  }

  /** What was built no longer holds. */
  invalidate(): void {
    this.#built.clear();
  }

  /** `undefined` when the scope names a service that does not exist. */
  endpoint({ service: wanted }: Pick<GatewayScope, 'service'>): Endpoint | undefined {
    const key = wanted ?? SHARED;
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const built = wanted === undefined ? this.#shared() : this.#own(wanted);
    if (built !== undefined) this.#built.set(key, built);
    return built;
  }

  #shared(): Endpoint {
    const offered = this.#catalog.all().flatMap(({ serviceId }) => this.#offer(serviceId));
    return endpointOf(offered, {
      capabilities: SHARED_CAPABILITIES,
      instructions: SHARED_INSTRUCTIONS,
      names: (definitions, list) => sharedNames(definitions, list, this.#naming),
    });
  }

  #own(wanted: string): Endpoint | undefined {
    const service = this.#catalog.find(wanted) ?? this.#catalog.findByNamespace(wanted);
    if (service === undefined) return undefined;
    const { serviceId } = service;
    const instructions = this.#facts.instructions(serviceId);
    return endpointOf(this.#offer(serviceId), {
      capabilities: ownCapabilities(this.#facts.capabilities(serviceId)),
      ...(instructions === undefined ? {} : { instructions }),
      names: (definitions, list) =>
        definitions[0] === undefined ? sharedNames([], list, this.#naming) : ownNames(definitions[0], list),
    });
  }

  #offer(serviceId: string): readonly OfferedService[] {
    const service = this.#catalog.find(serviceId);
    const snapshot = this.#supervisor.snapshot(serviceId);
    if (service === undefined || snapshot === undefined) return [];
    const isRunning = this.#supervisor.status(serviceId).lifecycle === 'RUNNING';
    const offers = (tool: string): boolean => this.#road.offers(service, tool);
    return [{ service, snapshot, offers, isListed: isRunning && service.manifest.spec.enabled }];
  }
}

type Name = <T extends Offered['definitions'][number]>(offered: readonly Offered<T>[], list: NameList) => NameTable<T>;

function endpointOf(
  offered: readonly OfferedService[],
  { names, ...said }: Introduction & { readonly names: Name },
): Endpoint {
  const listed = offered.filter(({ isListed }) => isListed);
  const hint = (list: ListName) => strictest(listed.map(({ snapshot }) => snapshot.hints?.[list]));
  const tools = names(
    offered.map(({ service, snapshot, isListed, offers }) => ({
      service,
      definitions: snapshot.tools,
      listed: ({ name }) => isListed && offers(name),
    })),
    { member: 'tools', hint: hint('tools') },
  );
  const prompts = names(
    offered.map(({ service, snapshot, isListed }) => ({
      service,
      definitions: snapshot.prompts,
      listed: () => isListed,
    })),
    { member: 'prompts', hint: hint('prompts') },
  );
  const wanted = new Map<string, ReadonlyMap<string, string>>();
  return {
    ...said,
    tools,
    prompts,
    resources: resourceTable(listed),
    services: listed.map(({ service }) => service),
    headerArguments: (name) => {
      const known = wanted.get(name);
      if (known !== undefined) return known;
      const definition = tools.routes.get(name)?.definition;
      if (definition === undefined) return NO_ARGUMENTS;
      const found = headerArguments(definition);
      wanted.set(name, found);
      return found;
    },
  };
}
