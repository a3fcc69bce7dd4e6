import type { Caller, Grant } from '../domain/caller.ts';
import { ClarityError } from '../domain/clarity-error.ts';
import type { InterfaceSnapshot } from '../domain/interface-snapshot.ts';
import { printable } from '../domain/printable.ts';
import type { Service, ServiceStatus } from '../domain/service.ts';
import type { Connection } from '../ports/index.ts';
import type { ServiceCatalog } from './service-catalog.ts';
import type { ServiceSupervisor } from './service-supervisor.ts';

/** A part of the runtime that is offered like a service. */
export interface BuiltIn {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  readonly connection: Connection;
  /** Tools that this caller is not shown. */
  unlisted(caller: Caller): ReadonlySet<string>;
}

/** Which tools of a service may not be called until an operator has accepted them. */
export interface HeldTools {
  held(serviceId: string): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const running: ServiceStatus = { lifecycle: 'RUNNING', health: 'HEALTHY', restartCount: 0 };
const GRANTS: readonly Grant[] = ['read', 'call', 'operate', 'provision', 'secrets'];

export interface OfferParts {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly builtIns: readonly BuiltIn[];
  readonly tools: HeldTools;
}

/** What the gateway can offer: the registered services, as far as their interfaces are accepted, and the runtime itself. */
export class Offer {
  readonly #parts: OfferParts;
  readonly #builtIns: ReadonlyMap<string, BuiltIn>;

  constructor(parts: OfferParts) {
    this.#parts = parts;
    this.#builtIns = new Map(parts.builtIns.map((builtIn) => [builtIn.service.serviceId, builtIn]));
  }

  /** Those of the runtime itself first, the others by namespace. */
  services(): readonly Service[] {
    return [...this.#parts.builtIns.map(({ service }) => service), ...this.#parts.catalog.all()];
  }

  snapshot(serviceId: string): InterfaceSnapshot | undefined {
    return this.#builtIns.get(serviceId)?.snapshot ?? this.#parts.supervisor.snapshot(serviceId);
  }

  status(serviceId: string): ServiceStatus {
    return this.#builtIns.has(serviceId) ? running : this.#parts.supervisor.status(serviceId);
  }

  unlisted(serviceId: string, caller: Caller): ReadonlySet<string> {
    return this.#builtIns.get(serviceId)?.unlisted(caller) ?? this.#parts.tools.held(serviceId);
  }

  /** Callers with the same text are offered the same. */
  audience({ grants }: Caller): string {
    if (this.#builtIns.size === 0) return '';
    let held = '';
    for (const grant of GRANTS) held += grants.has(grant) ? grant.charAt(0) : '-';
    return held;
  }

  connection(serviceId: string): Connection | undefined {
    const builtIn = this.#builtIns.get(serviceId);
    if (builtIn !== undefined) return builtIn.connection;
    const connection = this.#parts.supervisor.connection(serviceId);
    const held = this.#parts.tools.held(serviceId);
    return connection === undefined || held.size === 0 ? connection : withheld(connection, held);
  }
}

/** The same connection, except that the tools that are held say why. */
const withheld = (connection: Connection, held: ReadonlySet<string>): Connection => ({
  era: connection.era,
  capabilities: connection.capabilities,
  ...(connection.info === undefined ? {} : { info: connection.info }),
  ...(connection.revision === undefined ? {} : { revision: connection.revision }),
  ...(connection.instructions === undefined ? {} : { instructions: connection.instructions }),
  request: (request, exchange) => {
    const name = request.method === 'tools/call' ? request.params.get('name')?.value : undefined;
    if (typeof name === 'string' && held.has(name)) {
      return Promise.reject(new ClarityError('TOOL_QUARANTINED', printable(name)));
    }
    return connection.request(request, exchange);
  },
  notify: (notification) => {
    connection.notify(notification);
  },
  close: (reason) => connection.close(reason),
});

export const noneHeld: HeldTools = { held: () => NONE };
