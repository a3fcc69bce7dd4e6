import { argumentsOf, type ToolArgument } from '../arguments/tool-arguments.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { textOf, type FoundTool } from './mcp-session.ts';

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;
const BYTES_PER_TOKEN = 4;

/** Returns the estimated number of tokens of a definition: its UTF-8 bytes divided by four. */
export const tokensOf = (definition: unknown): number =>
  Math.ceil(Buffer.byteLength(JSON.stringify(definition)) / BYTES_PER_TOKEN);

/** Prints the arguments, the annotations and the size of a tool, and one command that calls it. */
export function printTool({ output }: CommandContext, { name, service, definition }: FoundTool): number {
  if (output.isJsonRequested) {
    output.value(definition);
    return ExitCode.done;
  }
  const known = argumentsOf(definition['inputSchema']);
  output.line(service === undefined ? name : `${name} of ${service}`, 'strong');
  const description = textOf(definition, 'description');
  if (description !== '') output.text(description);
  output.line('');
  if (known.length === 0) output.line('it has no arguments');
  else output.table(['ARGUMENT', 'TYPE', 'NEEDED', 'DESCRIPTION'], known.map(rowOf));
  output.line('');
  const hints = HINTS.filter((hint) => isSet(definition['annotations'], hint)).map((hint) => hint.replace(/Hint$/, ''));
  const outcome = definition['outputSchema'] === undefined ? 'text' : 'structured';
  output.line(
    `result: ${outcome}; about ${String(tokensOf(definition))} tokens${hints.length === 0 ? '' : `; ${hints.join(', ')}`}`,
  );
  const words = known.filter(({ required }) => required).map((argument) => ` ${argument.name}=${sampleOf(argument)}`);
  output.advice(`call it: \`clarityctl call ${service === undefined ? name : `${service}/${name}`}${words.join('')}\``);
  return ExitCode.done;
}

function rowOf({ name, types, required, description, choices, fallback }: ToolArgument): readonly string[] {
  const notes = [
    description,
    ...(choices.length === 0 ? [] : [`one of ${choices.slice(0, 10).map(shown).join(', ')}`]),
    ...(fallback === undefined ? [] : [`default ${shown(fallback)}`]),
  ];
  return [name, types.join('|') || 'any', required ? 'yes' : '', notes.filter((note) => note !== '').join('; ')];
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isSet = (annotations: unknown, hint: string): boolean =>
  typeof annotations === 'object' &&
  annotations !== null &&
  Object.hasOwn(annotations, hint) &&
  (annotations as Record<string, unknown>)[hint] === true;

function sampleOf({ types, choices }: ToolArgument): string {
  if (choices.length > 0) return shown(choices[0]);
  if (types.includes('integer') || types.includes('number')) return '<number>';
  if (types.includes('string')) return '<text>';
  if (types.includes('boolean')) return 'true';
  return types.length === 0 ? '<value>' : '<json>';
}
