import { Approvals } from '../application/use-cases/approvals.ts';
import type { AuditLog } from '../application/audit/audit-log.ts';
import type { AuditTimeline } from '../application/use-cases/audit-timeline.ts';
import { ALIAS_SERVICE, aliasOf, CONTROL_SERVICE } from '../application/control/built-in-service.ts';
import { controlPlane } from '../application/control/control-plane.ts';
import { controlTools } from '../application/control/control-tools.ts';
import { Provisioning } from '../application/control/provisioning.ts';
import type { SecretUseCases } from '../application/control/secret-tools.ts';
import { Explain } from '../application/use-cases/explain.ts';
import type { Endpoints } from '../application/gateway/endpoints.ts';
import type { ToolNaming } from '../application/gateway/tool-router.ts';
import type { Guard } from '../application/use-cases/guard.ts';
import type { InterfaceReviewer } from '../application/use-cases/interface-review.ts';
import { Backends } from '../application/gateway/backends.ts';
import type { CallGovernance } from '../application/calls/call-pipeline.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import type { ServiceUseCases } from '../application/use-cases/service-use-cases.ts';
import type { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import type { Grant } from '../domain/access/caller.ts';
import type { Clock, Compiler, CompilerInstaller, Entropy, Workspace } from '../ports/index.ts';
import { parseManifest, schemaValidator } from '../validation/index.ts';

/** What the control tools need of the machine; each is optional, and its tools say when it is missing. */
export interface ControlAdapters {
  readonly workspace?: Workspace;
  readonly compiler?: Compiler;
  readonly compilerInstaller?: CompilerInstaller;
}

export interface ControlDependencies {
  readonly adapters: ControlAdapters;
  readonly options: RuntimeOptions;
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly services: ServiceUseCases;
  readonly secrets?: SecretUseCases;
  readonly timeline: AuditTimeline;
  readonly audit: AuditLog;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly watch: InterfaceReviewer;
  readonly calls: CallGovernance;
  readonly naming: ToolNaming;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Not there before the gateway is. */
  readonly endpoints: () => Endpoints;
}

export interface Control {
  readonly offer: Backends;
  readonly approvals: Approvals;
  readonly explain: Explain;
  /** Names of the runtime's own tools, as clients call them. */
  readonly systemTools: readonly string[];
}

/** Puts the runtime's own tools together, and what is offered with them. */
export function composeControl(parts: ControlDependencies): Control {
  const { adapters, options, services, catalog, supervisor, audit, guard, watch } = parts;
  const { workspace, compiler, compilerInstaller: installer } = adapters;
  const approvals = new Approvals(parts);
  const commandsOverMcp = options.mcpCommands === true;
  const provisioning = new Provisioning({
    services,
    catalog,
    audit,
    workspace,
    commandsOverMcp,
    readManifest: (input) => parseManifest(input, catalog.kinds),
  });
  const all = controlTools({
    ...parts,
    provisioning,
    workspace,
    compiler,
    installer,
    secrets: parts.secrets,
    explain: () => explain,
  });
  const tools = options.controlTools === true ? all : [];
  const builtIns =
    tools.length === 0
      ? []
      : controlPlane({
          tools,
          guard,
          validator: schemaValidator,
          startedAt: parts.startedAt,
          approvals: options.approveProvisioning === true ? approvals : undefined,
        });
  const offer = new Backends({ catalog, supervisor, builtIns, tools: watch });
  const grants = new Map<string, Grant>(
    tools.flatMap(({ name, grant }) => [
      [`${CONTROL_SERVICE}/${name}`, grant] as const,
      [`${ALIAS_SERVICE}/${aliasOf(name) ?? name}`, grant] as const,
    ]),
  );
  const explain: Explain = new Explain({
    endpoints: parts.endpoints,
    offer,
    guard,
    held: (serviceId) => watch.held(serviceId),
    refusal: parts.calls.denialOf,
    circuit: (serviceId) => parts.calls.circuits.report(serviceId),
    naming: parts.naming,
    grantOf: ({ service, tool }) => grants.get(`${service.serviceId}/${tool}`),
  });
  const systemTools = tools.map(({ name }) => `runtime__${name}`);
  return { offer, approvals, explain, systemTools };
}
