import type { Caller, Grant } from '../../domain/access/caller.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';

/** A part of the runtime that is offered like a service. */
export interface BuiltInService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly connection: Connection;
  /** Tools that this caller is not shown. */
  unlisted(caller: Caller): ReadonlySet<string>;
}

/** Which tools of a service may not be called until an operator has accepted them. */
export interface QuarantinedTools {
  held(serviceId: string): ReadonlySet<string>;
}

const running: ServiceStatus = { lifecycle: 'RUNNING', health: 'HEALTHY', restartCount: 0 };
const GRANTS: readonly Grant[] = ['read', 'call', 'operate', 'provision', 'secrets'];

export interface BackendsDependencies {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly builtIns: readonly BuiltInService[];
  readonly tools: QuarantinedTools;
}

/** What the gateway can offer: the registered services, as far as their interfaces are accepted, and the runtime itself. */
export class Backends {
  readonly #parts: BackendsDependencies;
  readonly #builtIns: ReadonlyMap<string, BuiltInService>;

  constructor(parts: BackendsDependencies) {
    this.#parts = parts;
    this.#builtIns = new Map(parts.builtIns.map((builtIn) => [builtIn.service.serviceId, builtIn]));
  }

  /** Those of the runtime itself first, the others by namespace. */
  services(): readonly Service[] {
    return [...this.#parts.builtIns.map(({ service }) => service), ...this.#parts.catalog.all()];
  }

  /** Whether it is a part of the runtime: it has only tools, says nothing of keeping them, and is connected as it is. */
  isBuiltIn(serviceId: string): boolean {
    return this.#builtIns.has(serviceId);
  }

  find(serviceId: string): Service | undefined {
    return this.#builtIns.get(serviceId)?.service ?? this.#parts.catalog.find(serviceId);
  }

  snapshot(serviceId: string): InterfaceSnapshot | undefined {
    return this.#builtIns.get(serviceId)?.snapshot ?? this.#parts.supervisor.snapshot(serviceId);
  }

  status(serviceId: string): ServiceStatus {
    return this.#builtIns.has(serviceId) ? running : this.#parts.supervisor.status(serviceId);
  }

  hiddenTools(serviceId: string, caller: Caller): ReadonlySet<string> {
    return this.#builtIns.get(serviceId)?.unlisted(caller) ?? this.#parts.tools.held(serviceId);
  }

  /** Callers with the same text are offered the same. */
  visibilityKey({ grants }: Caller): string {
    if (this.#builtIns.size === 0) return '';
    let held = '';
    for (const grant of GRANTS) held += grants.has(grant) ? grant.charAt(0) : '-';
    return held;
  }

  connection(serviceId: string): Connection | undefined {
    return this.#builtIns.get(serviceId)?.connection ?? this.#parts.supervisor.connection(serviceId);
  }

  /** TOOL_QUARANTINED for a call of a tool that is held back, whichever connection it would take. */
  assertNotQuarantined(serviceId: string, { method, params }: McpRequest): void {
    const name = method === 'tools/call' ? params.get('name')?.value : undefined;
    if (typeof name === 'string' && this.#parts.tools.held(serviceId).has(name)) {
      throw new ClarityError('TOOL_QUARANTINED', toPrintableAscii(name));
    }
  }
}
