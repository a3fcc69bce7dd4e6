import { isSevere } from '@clarity-runtime/core/internal';
import { CliError } from '../support/cli-error.ts';
import { listed, NOT_CHECKED, type SeenServices } from './doctor-services.ts';

type Services = NonNullable<SeenServices>['items'];
type Compatibility = NonNullable<NonNullable<Services[number]['interface']>['compatibility']>[number];
type Problem = Compatibility['problems'][number];

/** Maximum count of tools that one line names. */
const MAX_NAMED = 8;

/**
 * Names the tools that the APIs of models refuse, as the running daemon reports them.
 * @throws CliError if Claude or OpenAI refuse a tool on the shared endpoint.
 */
export function toolsDetail(found: SeenServices): string {
  if (found === undefined) return NOT_CHECKED;
  const all = found.items.flatMap(({ namespace, interface: offered }) =>
    (offered?.compatibility ?? []).map((tool) => ({ namespace, tool })),
  );
  const severe = all.filter(({ tool }) => tool.problems.some(isSevere));
  if (severe.length > 0) {
    const named = severe.map(({ namespace, tool }) =>
      lineOf(`${namespace}: ${tool.name}`, tool.problems.filter(isSevere)),
    );
    throw new CliError(listed(named, MAX_NAMED), {
      hint: 'set spec.surface.definitions to repair in the manifest of the service, or hide the tool with spec.surface.tools',
    });
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
