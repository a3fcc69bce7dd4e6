import type { Compiler, CompilerInstaller, Workspace } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditTimeline } from '../use-cases/audit-timeline.ts';
import type { Explain } from '../use-cases/explain.ts';
import type { InterfaceReviewer } from '../use-cases/interface-review.ts';
import type { ServiceUseCases } from '../use-cases/service-use-cases.ts';
import { AppBootstrap } from './app-bootstrap.ts';
import { auditTool, logTool } from './audit-tools.ts';
import { CompilerReadiness } from './compiler-readiness.ts';
import { compilerTools } from './compiler-tools.ts';
import type { ControlTool } from './control-tool.ts';
import { helpTool, sourcesTool, structureTool } from './help-tools.ts';
import { interfaceTools } from './interface-tools.ts';
import type { Provisioning } from './provisioning.ts';
import { provisioningTools } from './provisioning-tools.ts';
import { secretTools, type SecretUseCases } from './secret-tools.ts';
import { serviceTools } from './service-tools.ts';

export interface ControlToolDependencies {
  readonly services: ServiceUseCases;
  readonly timeline: AuditTimeline;
  readonly audit: AuditLog;
  readonly provisioning: Provisioning;
  readonly watch: InterfaceReviewer;
  readonly explain: () => Explain;
  readonly secrets: SecretUseCases | undefined;
  readonly workspace: Workspace | undefined;
  readonly compiler: Compiler | undefined;
  readonly installer: CompilerInstaller | undefined;
}

/** All control tools in the order in which the status shows them. */
export function controlTools(parts: ControlToolDependencies): readonly ControlTool[] {
  const { services, timeline, audit, provisioning, workspace, compiler, installer } = parts;
  const readiness = new CompilerReadiness({ compiler, installer, audit });
  const tools = [
    ...serviceTools(services),
    logTool(services, timeline),
    auditTool(timeline),
    ...(parts.secrets === undefined ? [] : secretTools(parts.secrets)),
    helpTool,
    sourcesTool(workspace),
    structureTool,
    ...compilerTools(readiness, new AppBootstrap({ workspace, readiness, provisioning })),
    ...provisioningTools(provisioning),
    ...interfaceTools(parts.watch, parts.explain),
  ];
  return tools.sort((a, b) => place(a) - place(b));
}

const ORDER = (
  'status_summary list_services get_service get_logs start_service stop_service restart_service refresh_interface ' +
  'unquarantine_service remove_service get_audit'
).split(' ');

const place = ({ name }: ControlTool): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
