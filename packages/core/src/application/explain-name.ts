import { printable } from '../domain/printable.ts';
import type { Service } from '../domain/service.ts';
import type { Naming } from './gateway/name-table.ts';
import type { ExplainedReason, ToolRoute } from './explanation.ts';

/** Why a tool that is listed has the name that it has on the shared endpoint; the second is whether that is its plain one. */
export function explainName(
  name: string,
  { service, tool }: ToolRoute,
  { maxLength, prefix }: Naming,
): readonly [reasons: readonly ExplainedReason[], isPlain: boolean] {
  const { namespace } = service;
  const own = printable(tool);
  const plain = `${namespace}__${tool}`;
  const listed = `it is listed on /mcp as ${name} and on /mcp/${namespace} as ${own}`;
  if (name === plain) return [[{ code: 'LISTED', text: `${listed}; ${sourceOf(service)}` }], true];
  if (name === tool) {
    const text = `${listed}: no other service has a tool of this name, so that it needs no namespace before it`;
    return [[{ code: 'LISTED', text }], true];
  }
  const reasons: ExplainedReason[] = [];
  if (/[^A-Za-z0-9_-]/.test(plain)) {
    reasons.push({ code: 'NAME_CLEANED', text: 'clients take letters, digits, _ and - alone: the others became _' });
  }
  if (plain.length > maxLength) {
    const text = `${String(plain.length)} characters are more than the ${String(maxLength)} that a name on /mcp may have: it was cut`;
    reasons.push({
      code: 'NAME_CUT',
      text,
      hint: 'take a shorter spec.toolNamespace, or start clarityd with a larger CLARITYD_MAX_TOOL_NAME, at most 64',
    });
  }
  if (reasons.length === 0) {
    const text = 'another tool has the plain name already';
    reasons.push({ code: 'NAME_TAKEN', text, hint: 'give one of the two services another spec.toolNamespace' });
  }
  const kept = `it is listed as ${name}, with a digest of its whole name at the end; on /mcp/${namespace} it is ${own}`;
  const mode = prefix === 'collision' ? '; several services have a tool of this name' : '';
  return [[...reasons, { code: 'LISTED', text: `${kept}${mode}` }], false];
}

function sourceOf({ manifest, namespace }: Service): string {
  const field = manifest.spec.toolNamespace === undefined ? 'metadata.module' : 'spec.toolNamespace';
  return `its namespace ${namespace} comes from ${field}`;
}
