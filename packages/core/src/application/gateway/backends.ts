import type { AccessTarget } from '../../domain/access/access-rules.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { Verb } from '../../domain/access/grant.ts';
import { accessKey } from '../../domain/access/decide.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { NOTHING_HELD, type HeldContents } from '../../domain/interfaces/interface-pin.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { originKind } from '../../domain/services/origin-kinds.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';

/** The names by which grants and profiles know an item. */
export type ItemName = Required<Omit<AccessTarget, 'kind'>>;

/** A part of the runtime that clients see like a service. */
export interface BuiltInService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly connection: Connection;
  /** Returns the tools that are hidden from this caller. */
  unlisted(caller: Caller): ReadonlySet<string>;
  /** Returns the names by which grants know a tool: an alias is judged as its tool. */
  judgedAs(tool: string): ItemName;
  /** Returns the verb that a tool needs besides `call`. */
  verbOf(tool: string): Verb | undefined;
}

/** Entries of a service that are blocked until an operator accepts them. */
export interface QuarantinedTools {
  /** Returns names of tools. */
  held(serviceId: string): ReadonlySet<string>;
  heldContents(serviceId: string): HeldContents;
}

const running: ServiceStatus = { lifecycle: 'RUNNING', health: 'HEALTHY', restartCount: 0 };

export interface BackendsDependencies {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly builtIns: readonly BuiltInService[];
  readonly tools: QuarantinedTools;
  /** Tools that connectors add are listed. */
  readonly listsAddedTools: boolean;
}

/** All backends of the gateway: the registered services and the built-in services of the runtime. */
export class Backends {
  readonly #dependencies: BackendsDependencies;
  readonly #builtIns: ReadonlyMap<string, BuiltInService>;

  constructor(dependencies: BackendsDependencies) {
    this.#dependencies = dependencies;
    this.#builtIns = new Map(dependencies.builtIns.map((builtIn) => [builtIn.service.serviceId, builtIn]));
  }

  /** Returns the built-in services first, then the others by namespace. */
  services(): readonly Service[] {
    return [...this.#dependencies.builtIns.map(({ service }) => service), ...this.#dependencies.catalog.all()];
  }

  /** Returns true for a part of the runtime. It has only tools, without cache hints, and is used without a bridge. */
  isBuiltIn(serviceId: string): boolean {
    return this.#builtIns.has(serviceId);
  }

  /** Returns true for a service that an earlier process registered. */
  isLoaded(serviceId: string): boolean {
    return this.#dependencies.catalog.isLoaded(serviceId);
  }

  find(serviceId: string): Service | undefined {
    return this.#builtIns.get(serviceId)?.service ?? this.#dependencies.catalog.find(serviceId);
  }

  snapshot(serviceId: string): InterfaceSnapshot | undefined {
    return this.#builtIns.get(serviceId)?.snapshot ?? this.#dependencies.supervisor.snapshot(serviceId);
  }

  status(serviceId: string): ServiceStatus {
    return this.#builtIns.has(serviceId) ? running : this.#dependencies.supervisor.status(serviceId);
  }

  /** Returns true if the service runs, starts, or is started again by itself. Calls wait for it. */
  isOffered(serviceId: string): boolean {
    return this.#builtIns.has(serviceId) || this.#dependencies.supervisor.isOffered(serviceId);
  }

  hiddenTools(serviceId: string, caller: Caller): ReadonlySet<string> {
    return this.#builtIns.get(serviceId)?.unlisted(caller) ?? this.#dependencies.tools.held(serviceId);
  }

  /** Returns true for a tool that the connector added and that is callable, but not listed. */
  isUnlistedAddition({ manifest }: Service, tool: string): boolean {
    if (this.#dependencies.listsAddedTools) return false;
    return originKind(manifest.spec.origin.type).addedTools?.includes(tool) === true;
  }

  /** Returns the prompts and resources that are withheld from every client. */
  heldContents(serviceId: string): HeldContents {
    return this.#builtIns.has(serviceId) ? NOTHING_HELD : this.#dependencies.tools.heldContents(serviceId);
  }

  /** Returns the names by which grants know an item of a service. */
  judgedAs({ serviceId, namespace }: Service, item: string): ItemName {
    return this.#builtIns.get(serviceId)?.judgedAs(item) ?? { namespace, item };
  }

  /** Returns the verb that a tool of the runtime needs besides `call`; undefined for a tool of a service. */
  verbOf({ serviceId }: Service, tool: string): Verb | undefined {
    return this.#builtIns.get(serviceId)?.verbOf(tool);
  }

  /** Returns a key; callers with the same key see the same services and items. */
  visibilityKey(caller: Caller): string {
    return accessKey(caller);
  }

  connection(serviceId: string): Connection | undefined {
    return this.#builtIns.get(serviceId)?.connection ?? this.#dependencies.supervisor.connection(serviceId);
  }

  /**
   * Checks a `tools/call` on any connection.
   * @throws ClarityError TOOL_QUARANTINED when the tool is quarantined.
   */
  assertNotQuarantined(serviceId: string, { method, params }: McpRequest): void {
    const name = method === 'tools/call' ? params.get('name')?.value : undefined;
    if (typeof name === 'string' && this.#dependencies.tools.held(serviceId).has(name)) {
      throw new ClarityError('TOOL_QUARANTINED', toPrintableAscii(name));
    }
  }
}
