import type { Compiler, CompilerInstaller, Workspace } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditTrail } from '../../ports/inbound/audit-trail.ts';
import type { ExplainOperation } from '../../ports/inbound/explanation.ts';
import type { InterfaceReviews } from '../../ports/inbound/interface-reviews.ts';
import type { LoginOperations } from '../../ports/inbound/login-operations.ts';
import type { SecretOperations } from '../../ports/inbound/secret-operations.ts';
import type { ServiceOperations } from '../../ports/inbound/service-operations.ts';
import { AppBootstrap } from './app-bootstrap.ts';
import { auditTool, serviceLogsTool } from './audit-tools.ts';
import { CompilerReadiness } from './compiler-readiness.ts';
import { compilerTools } from './compiler-tools.ts';
import type { ControlTool } from './control-tool.ts';
import { helpTool, sourcesTool, structureTool } from './help-tools.ts';
import { interfaceTools } from './interface-tools.ts';
import { loginTools } from './login-tools.ts';
import type { Provisioning } from './provisioning.ts';
import { provisioningTools } from './provisioning-tools.ts';
import { secretTools } from './secret-tools.ts';
import { serviceTools } from './service-tools.ts';

export interface ControlToolDependencies {
  readonly services: ServiceOperations;
  readonly auditTrail: AuditTrail;
  readonly audit: AuditLog;
  readonly provisioning: Provisioning;
  readonly reviews: InterfaceReviews;
  /** Looked up at each call: the explanation needs the gateway, and the gateway needs these tools. */
  readonly explanations: () => ExplainOperation;
  readonly secrets: SecretOperations;
  /** Looked up at each call: the logins need the supervisor. */
  readonly logins: () => LoginOperations;
  readonly workspace: Workspace | undefined;
  readonly compiler: Compiler | undefined;
  readonly installer: CompilerInstaller | undefined;
}

/** Returns all control tools in the order of the status page. */
export function controlTools(dependencies: ControlToolDependencies): readonly ControlTool[] {
  const { services, auditTrail, audit, provisioning, workspace, compiler, installer } = dependencies;
  const readiness = new CompilerReadiness({ compiler, installer, audit });
  const tools = [
    ...serviceTools(services),
    serviceLogsTool(services, auditTrail),
    auditTool(auditTrail),
    ...loginTools(services, dependencies.logins),
    ...secretTools(dependencies.secrets),
    helpTool,
    sourcesTool(workspace),
    structureTool,
    ...compilerTools(readiness, new AppBootstrap({ workspace, readiness, provisioning })),
    ...provisioningTools(provisioning),
    ...interfaceTools(dependencies.reviews, dependencies.explanations),
  ];
  return tools.sort((a, b) => place(a) - place(b));
}

const ORDER = (
  'status_summary list_services get_service get_logs start_service stop_service restart_service refresh_interface ' +
  'unquarantine_service remove_service get_audit'
).split(' ');

const place = ({ name }: ControlTool): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
