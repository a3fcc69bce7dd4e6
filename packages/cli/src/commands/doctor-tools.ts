import { isSevere } from '@clarity-runtime/core/internal';
import { FoundProblems, listed } from './doctor-findings.ts';
import { NOT_CHECKED, type SeenServices } from './doctor-services.ts';

type Services = NonNullable<SeenServices>['items'];
type Compatibility = NonNullable<NonNullable<Services[number]['interface']>['compatibility']>[number];
type Problem = Compatibility['problems'][number];

/** Maximum count of tools that one line names. */
const MAX_NAMED = 8;

/** Names of `--for` by the model API. */
export const RECEIVERS = { claude: 'Claude', openai: 'OpenAI', gemini: 'Gemini' } as const;
export type Receiver = (typeof RECEIVERS)[keyof typeof RECEIVERS];

/**
 * Names the tools that the APIs of models refuse, as the running daemon reports them.
 * @throws FoundProblems if one of the receivers refuses a tool on the shared endpoint; without receivers Claude or OpenAI.
 */
export function toolsDetail(found: SeenServices, receivers?: readonly Receiver[]): string {
  if (found === undefined) return NOT_CHECKED;
  const matters = (problem: Problem): boolean =>
    receivers === undefined ? isSevere(problem) : receivers.some((one) => problem.receivers.includes(one));
  const all = found.items.flatMap(({ namespace, interface: offered }) =>
    (offered?.compatibility ?? []).map((tool) => ({ namespace, tool })),
  );
  const severe = all.filter(({ tool }) => tool.problems.some(matters));
  if (severe.length > 0) {
    throw new FoundProblems(
      severe.map(({ namespace, tool }) => ({
        service: namespace,
        text: lineOf(`${namespace}: ${tool.name}`, tool.problems.filter(matters)),
        fix: `\`clarityctl edit ${namespace}\`: set spec.surface.definitions to repair, or hide the tool with spec.surface.tools`,
      })),
    );
  }
  const mild = all.map(({ namespace, tool }) =>
    tool.problems.length > 0
      ? lineOf(`${namespace}: ${tool.name}`, tool.problems)
      : lineOf(`/mcp/${namespace}: ${tool.tool}`, tool.ownProblems),
  );
  return mild.length === 0 ? 'every model API accepts the tools' : listed(mild, MAX_NAMED);
}

const lineOf = (tool: string, [first, ...others]: readonly Problem[]): string => {
  const more = others.length === 0 ? '' : ` (${String(others.length)} more)`;
  return `${tool} is refused by ${first?.receivers.join(', ') ?? ''}: ${first?.problem ?? ''}${more}`;
};
