import { ALIAS_SERVICE, aliasOf, CONTROL_SERVICE } from '../application/control/built-in-service.ts';
import { controlPlane } from '../application/control/control-plane.ts';
import { accessTo, REACH, type ControlTool } from '../application/control/control-tool.ts';
import { controlTools } from '../application/control/control-tools.ts';
import { Provisioning } from '../application/control/provisioning.ts';
import { Backends, type BuiltInService } from '../application/gateway/backends.ts';
import { Approvals } from '../application/use-cases/approvals.ts';
import { Explain } from '../application/use-cases/explain.ts';
import type { AccessRequest } from '../domain/access/decide.ts';
import { DEFAULT_TENANT } from '../domain/access/tenant.ts';
import { assertTrusted } from '../domain/access/trust.ts';
import type { WorkspaceTrust } from '../ports/index.ts';
import { contentDigest } from '../domain/json/digest.ts';
import { parseManifest } from '../validation/index.ts';
import { failureWords } from '../domain/errors/library-words.ts';
import { bind, find, type Container } from './container.ts';
import { PART, PORT } from './tokens.ts';

/** Binds the control tools, the backends of the gateway, and the explanation that covers both. */
export function bindControl(container: Container): void {
  bind(container, PART.approvals, createApprovals);
  bind(container, PART.controlTools, createControlTools);
  bind(container, PART.backends, createBackends);
  bind(container, PART.explain, createExplain);
}

const createApprovals = (c: Container): Approvals =>
  new Approvals({
    audit: c.resolve(PART.audit),
    guard: c.resolve(PART.guard),
    clock: c.resolve(PORT.clock),
    entropy: c.resolve(PORT.entropy),
    store: c.resolve(PORT.approvalStore),
    // Looked up at each decision: the tools need the services.
    actionOf: (tool) => c.resolve(PART.controlTools).find(({ name }) => name === tool),
  });

/** Returns an empty list when the option `controlTools` is off. */
function createControlTools(c: Container): readonly ControlTool[] {
  const { controlTools: isOn = false, mcpCommands = false } = c.resolve(PART.options);
  if (!isOn) return [];
  const services = c.resolve(PART.services);
  const audit = c.resolve(PART.audit);
  const workspace = find(c, PORT.workspace);
  const catalog = c.resolve(PART.catalog);
  const provisioning = new Provisioning({
    services,
    catalog,
    audit,
    workspace,
    policyDigest: (name) => {
      const policy = c.resolve(PART.pipeline).policies.find(name);
      return policy === undefined ? null : contentDigest(policy);
    },
    secretVersion: async (name) => (await c.resolve(PORT.secretStore).scope(DEFAULT_TENANT, name))?.version,
    commandsOverMcp: mcpCommands,
    readManifest: (input) => parseManifest(input, catalog.kinds),
  });
  const tools = controlTools({
    services,
    auditTrail: c.resolve(PART.audits),
    audit,
    provisioning,
    reviews: c.resolve(PART.reviewer),
    explanations: () => c.resolve(PART.explain),
    secrets: c.resolve(PART.secrets),
    logins: () => c.resolve(PART.logins),
    workspace,
    compiler: find(c, PORT.compiler),
    installer: find(c, PORT.compilerInstaller),
  });
  const trust = c.resolve(PORT.workspaceTrust);
  return tools.map((tool) => heldWhileUntrusted(tool, trust));
}

/** Tools of provisioning and of the compiler run programs, some before they register. */
const heldWhileUntrusted = (tool: ControlTool, trust: WorkspaceTrust): ControlTool =>
  tool.grant !== 'provision' && tool.annotations !== REACH
    ? tool
    : {
        ...tool,
        run: (call) => {
          assertTrusted(trust.state);
          return tool.run(call);
        },
      };

const createBackends = (c: Container): Backends =>
  new Backends({
    catalog: c.resolve(PART.catalog),
    supervisor: c.resolve(PART.supervisor),
    builtIns: createBuiltIns(c),
    tools: c.resolve(PART.reviewer),
    listsAddedTools: c.resolve(PART.options).localServiceTools ?? true,
  });

function createBuiltIns(c: Container): readonly BuiltInService[] {
  const tools = c.resolve(PART.controlTools);
  if (tools.length === 0) return [];
  const { approveProvisioning = false } = c.resolve(PART.options);
  return controlPlane({
    tools,
    guard: c.resolve(PART.guard),
    validator: c.resolve(PORT.schemaValidator),
    startedAt: c.resolve(PART.instance).startedAt,
    words: failureWords(c.resolve(PART.options).words ?? 'library'),
    approvals: approveProvisioning ? c.resolve(PART.approvals) : undefined,
  });
}

function createExplain(c: Container): Explain {
  const reviewer = c.resolve(PART.reviewer);
  const { denialOf, circuits } = c.resolve(PART.pipeline);
  const access = accessByTool(c.resolve(PART.controlTools));
  const { endpoints, compatibility } = c.resolve(PART.gateway);
  return new Explain({
    endpoints,
    compatibility,
    backends: c.resolve(PART.backends),
    guard: c.resolve(PART.guard),
    quarantinedTools: (serviceId) => reviewer.held(serviceId),
    refusal: denialOf,
    circuit: (serviceId) => circuits.report(serviceId),
    naming: c.resolve(PART.naming),
    accessTo: ({ service, tool }) => access.get(`${service.serviceId}/${tool}`),
  });
}

/** Returns what each control tool requires, by service id and tool name, aliases included. */
const accessByTool = (tools: readonly ControlTool[]): ReadonlyMap<string, AccessRequest> =>
  new Map(
    tools.flatMap((tool) => [
      [`${CONTROL_SERVICE}/${tool.name}`, accessTo(tool)] as const,
      [`${ALIAS_SERVICE}/${aliasOf(tool.name) ?? tool.name}`, accessTo(tool)] as const,
    ]),
  );
