import type { GatewayScope } from '../../ports/index.ts';
import type { ServiceCatalog } from '../service-catalog.ts';
import type { ServiceSupervisor } from '../service-supervisor.ts';
import { ownToolTable, sharedToolTable, type OfferedService, type ToolTable } from './tool-table.ts';

const SHARED = '';
const nothing: ToolTable = sharedToolTable([], 0);

/** The tool tables of `/mcp` and of every `/mcp/<service>`, built when first asked for and again after a change. */
export class Endpoints {
  readonly #tables = new Map<string, ToolTable>();
  readonly #catalog: ServiceCatalog;
  readonly #supervisor: ServiceSupervisor;
  readonly #maxToolName: number;

  constructor(catalog: ServiceCatalog, supervisor: ServiceSupervisor, maxToolName: number) {
    this.#catalog = catalog;
    this.#supervisor = supervisor;
    this.#maxToolName = maxToolName;
  }

  /** What was built no longer holds. */
  invalidate(): void {
    this.#tables.clear();
  }

  /** `undefined` when the scope names a service that does not exist. */
  table({ service: wanted }: Pick<GatewayScope, 'service'>): ToolTable | undefined {
    const key = wanted ?? SHARED;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const built = wanted === undefined ? this.#shared() : this.#own(wanted);
    if (built !== undefined) this.#tables.set(key, built);
    return built;
  }

  #shared(): ToolTable {
    const offered = this.#catalog.all().flatMap((service) => this.#offer(service.serviceId));
    return sharedToolTable(offered, this.#maxToolName);
  }

  #own(wanted: string): ToolTable | undefined {
    const service = this.#catalog.find(wanted) ?? this.#catalog.findByNamespace(wanted);
    if (service === undefined) return undefined;
    const [offered] = this.#offer(service.serviceId);
    return offered === undefined ? nothing : ownToolTable(offered);
  }

  #offer(serviceId: string): readonly OfferedService[] {
    const service = this.#catalog.find(serviceId);
    const snapshot = this.#supervisor.snapshot(serviceId);
    if (service === undefined || snapshot === undefined) return [];
    const isRunning = this.#supervisor.status(serviceId).lifecycle === 'RUNNING';
    return [{ service, snapshot, listed: isRunning && service.manifest.spec.enabled }];
  }
}
