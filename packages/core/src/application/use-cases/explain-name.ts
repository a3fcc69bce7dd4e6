import { toolPrefix } from '../../domain/services/namespace.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import { toolSurface } from '../../domain/services/tool-names.ts';
import type { ToolNaming } from '../gateway/name-table.ts';
import type { ExplainedReason, ToolRoute } from '../../ports/inbound/explanation.ts';

/** The names of one tool: `name` on the shared endpoint, `alone` on the endpoint of its service. */
export interface ToolNames {
  readonly name: string;
  readonly alone: string;
}

/** Explains the name of a listed tool on the shared endpoint. `isPlain`: no `spec.surface` entry and no limit changed it. */
export function explainName(
  names: ToolNames,
  { service, tool }: ToolRoute,
  { maxLength, prefix }: ToolNaming,
): readonly [reasons: readonly ExplainedReason[], isPlain: boolean] {
  const { name } = names;
  const alone = toPrintableAscii(names.alone);
  const { name: own = tool } = toolSurface(service.manifest, tool);
  const plain = `${toolPrefix(service)}__${own}`;
  const listed = `it is listed on /mcp as ${name} and on /mcp/${service.namespace} as ${alone}`;
  const set = own === tool ? [] : [nameSet(tool, own)];
  const isPlain = set.length === 0;
  if (name === plain) return [[...set, { code: 'LISTED', text: `${listed}; ${sourceOf(service)}` }], isPlain];
  if (name === own) {
    const text = `${listed}: no other service has a tool with this name, so it has no prefix`;
    return [[...set, { code: 'LISTED', text }], isPlain];
  }
  const reasons: ExplainedReason[] = [];
  if (/[^A-Za-z0-9_-]/.test(plain)) {
    reasons.push({
      code: 'NAME_CLEANED',
      text: 'clients accept only letters, digits, _ and -: other characters became _',
    });
  }
  if (plain.length > maxLength) {
    const text = `the name has ${String(plain.length)} characters, the limit on /mcp is ${String(maxLength)}: it was shortened`;
    reasons.push({
      code: 'NAME_CUT',
      text,
      hint: 'set a shorter spec.toolNamespace or a shorter name in spec.surface, or start clarityd with a larger CLARITYD_MAX_TOOL_NAME (at most 64)',
    });
  }
  if (reasons.length === 0) {
    const text = 'another tool already has this name';
    const hint =
      'set another spec.toolNamespace for one of the services, or a name in spec.surface.tools for one of the tools';
    reasons.push({ code: 'NAME_TAKEN', text, hint });
  }
  const where = `on /mcp/${service.namespace} it is ${alone}`;
  const kept = `it is listed as ${name}, with a digest of the full name at the end; ${where}`;
  const mode = prefix === 'collision' ? '; several services have a tool with this name' : '';
  return [[...set, ...reasons, { code: 'LISTED', text: `${kept}${mode}` }], false];
}

/** Explains why a callable tool is not listed. */
export function explainHidden(name: string, { service, tool }: ToolRoute): readonly ExplainedReason[] {
  const { name: own = tool } = toolSurface(service.manifest, tool);
  const field = fieldOf(tool);
  const hidden: ExplainedReason = {
    code: 'HIDDEN',
    text: `${field}.hidden hides it from lists; call it as ${name}`,
    hint: `remove ${field}.hidden from the manifest and apply it again`,
  };
  return own === tool ? [hidden] : [hidden, nameSet(tool, own)];
}

const fieldOf = (tool: string): string => `spec.surface.tools.${toPrintableAscii(tool)}`;

const nameSet = (tool: string, own: string): ExplainedReason => ({
  code: 'NAME_SET',
  text: `its service names it ${toPrintableAscii(tool)}, and ${fieldOf(tool)}.name sets ${own}`,
});

function sourceOf(service: Service): string {
  const { manifest, namespace } = service;
  const prefix = toolPrefix(service);
  if (prefix !== namespace) return `its prefix ${prefix} comes from spec.surface.prefix`;
  const field = manifest.spec.toolNamespace === undefined ? 'metadata.module' : 'spec.toolNamespace';
  return `its namespace ${namespace} comes from ${field}`;
}
