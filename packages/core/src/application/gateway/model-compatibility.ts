import { isSevere, modelProblems, type ModelProblem } from '../../domain/interfaces/model-rules.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';
import type { Service } from '../../domain/services/service.ts';
import { toolSurface } from '../../domain/services/tool-names.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { ToolCompatibility } from '../../ports/inbound/service-operations.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Backends } from './backends.ts';
import type { NameTable } from './name-table.ts';
import { shownForModels } from './tool-router.ts';

/** Maximum count of tools in a report. */
const MAX_REPORTED = 50;
/** Maximum count of tools in an event. */
const MAX_NAMED = 20;

interface Checked {
  readonly name: string;
  readonly problems: readonly ModelProblem[];
}

/** Finds the tools that model APIs refuse, by the names and definitions that clients see. Checks a definition once. */
export class ModelCompatibility {
  readonly #names: Pick<NameTable, 'nameOf'>;
  readonly #shared = new WeakMap<RawJson, Checked>();
  readonly #own = new WeakMap<RawJson, Checked>();

  constructor(names: Pick<NameTable, 'nameOf'>) {
    this.#names = names;
  }

  /** Returns the tools of a service that a model API refuses, or that `spec.surface.definitions` repairs; at most 50. */
  of(service: Service, tools: readonly ToolDefinition[]): readonly ToolCompatibility[] {
    const found: ToolCompatibility[] = [];
    for (const tool of tools) {
      const name = this.#names.nameOf('tools', service.serviceId, tool.name);
      if (name === undefined || found.length === MAX_REPORTED) continue;
      const own = toolSurface(service.manifest, tool.name).name ?? tool.name;
      const compatibility = this.#compatibility(service, tool, { name, own });
      if (compatibility !== undefined) found.push(compatibility);
    }
    return found;
  }

  #compatibility(
    service: Service,
    definition: ToolDefinition,
    names: { readonly name: string; readonly own: string },
  ): ToolCompatibility | undefined {
    const raw = shownForModels(service, definition.raw);
    const problems = checked(this.#shared, names.name, raw);
    const ownProblems = checked(this.#own, names.own, definition.raw);
    const isRepaired = raw !== definition.raw && ownProblems.length > 0;
    if (problems.length === 0 && ownProblems.length === 0) return undefined;
    return { tool: toPrintableAscii(definition.name), name: names.name, isRepaired, problems, ownProblems };
  }
}

function checked(known: WeakMap<RawJson, Checked>, name: string, raw: RawJson): readonly ModelProblem[] {
  const before = known.get(raw);
  if (before?.name === name) return before.problems;
  const problems = modelProblems({ name, definition: raw.value });
  known.set(raw, { name, problems });
  return problems;
}

/** Returns a function that records the tools of a changed service that Claude or OpenAI refuse, once for each change of them. */
export function refusalReporter(
  models: ModelCompatibility,
  { backends, audit }: { readonly backends: Backends; readonly audit: AuditLog },
): (serviceId: string) => void {
  const reported = new Map<string, string>();
  return (serviceId) => {
    const service = backends.find(serviceId);
    if (service === undefined) reported.delete(serviceId);
    if (service === undefined || backends.status(serviceId).lifecycle !== 'RUNNING') return;
    const refused = models
      .of(service, backends.snapshot(serviceId)?.tools ?? [])
      .map(({ tool, problems }) => ({ tool, problems: problems.filter(isSevere) }))
      .filter(({ problems }) => problems.length > 0);
    const text = JSON.stringify(refused);
    if ((reported.get(serviceId) ?? '[]') === text) return;
    reported.set(serviceId, text);
    if (refused.length === 0) return;
    const tools = refused.slice(0, MAX_NAMED);
    const message = `Model APIs refuse tools of the service: ${tools.map(({ tool }) => tool).join(', ')}`;
    const data = { tools, more: refused.length - tools.length };
    audit.note({ kind: 'interface.incompatible', level: 'warn', message, serviceId, data });
  };
}
