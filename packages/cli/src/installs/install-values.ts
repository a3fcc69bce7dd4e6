import type { ImportNeed, ValueTemplate } from '@clarity-runtime/core/internal';
import { CliError } from '../support/cli-error.ts';
import type { ServerInput } from './server-document.ts';

/** Values that the user gave by `--set` and `--secret`, by the name of the input. */
export type GivenValues = ReadonlyMap<string, string>;

/** Returns the template of an input; undefined for an optional one without a value. */
export function inputTemplate(name: string, input: ServerInput, given: GivenValues): ValueTemplate | undefined {
  const { value, variables = {}, isSecret = false, isRequired = false, choices } = input;
  if (value !== undefined) return filled(value, variables, given);
  const answer = given.get(name) ?? input.default;
  if (answer !== undefined) {
    if (choices !== undefined && choices.length > 0 && !choices.includes(answer)) {
      throw new CliError(`${name} must be one of: ${choices.join(', ')}`);
    }
    return isSecret ? [{ type: 'secret', name, value: answer }] : [{ type: 'text', text: answer }];
  }
  return isRequired ? [{ type: 'need', need: needOf(name, input) }] : undefined;
}

function needOf(name: string, { description, isSecret = false }: ServerInput): ImportNeed {
  return { name, isSecret, ...(description === undefined ? {} : { description: description.slice(0, 200) }) };
}

/** Replaces each `{name}` that the document declares. Other braces are text. */
export function filled(
  text: string,
  variables: Readonly<Record<string, ServerInput>>,
  given: GivenValues,
): ValueTemplate {
  const parts = text.split(/(\{[A-Za-z_][\w-]*\})/);
  return parts.flatMap((part): ValueTemplate => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (part === '') return [];
    if (name === undefined || !Object.hasOwn(variables, name)) return [{ type: 'text', text: part }];
    return inputTemplate(name, { isRequired: true, ...variables[name] }, given) ?? [];
  });
}
