import type { Service } from '../../domain/services/service.ts';
import type { ExplainedReason } from '../../ports/inbound/explanation.ts';
import type { ToolCompatibility } from '../../ports/inbound/service-operations.ts';

const HINT = 'set spec.surface.definitions to repair, or correct the definition in the service';

/** Explains which model APIs refuse a tool on the shared endpoint, and on the endpoint of its service. */
export function explainRefusals(
  compatibility: ToolCompatibility | undefined,
  { namespace }: Service,
): readonly ExplainedReason[] {
  if (compatibility === undefined) return [];
  const { problems, ownProblems, isRepaired } = compatibility;
  const reasons = problems.map(({ receivers, problem, rule }) => ({
    code: 'MODELS_REFUSE' as const,
    text: `on /mcp this tool is refused by ${receivers.join(', ')}: ${problem} (${rule})`,
    hint: HINT,
  }));
  const known = new Set(problems.map(({ rule, receivers }) => `${rule} ${receivers.join()}`));
  const alone = ownProblems.filter(({ rule, receivers }) => !known.has(`${rule} ${receivers.join()}`));
  const onlyOwn = alone.map(({ receivers, problem, rule }) => ({
    code: 'MODELS_REFUSE' as const,
    text: `on /mcp/${namespace} this tool is refused by ${receivers.join(', ')}: ${problem} (${rule})`,
    hint: isRepaired ? 'use /mcp, where the definition is repaired' : 'use /mcp, where the name fits',
  }));
  return [...reasons, ...onlyOwn];
}
