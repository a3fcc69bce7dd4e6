import { schemaValidator } from '@clarity-runtime/core/internal';
import type { FunctionTool, ObjectSchema, StandardIssue, StandardSchema } from './definitions.ts';

/** Checked arguments, or the problem as one sentence. */
export type CheckedArguments = { readonly value: unknown } | { readonly problem: string };

export interface ToolSchema {
  /** As `tools/list` shows it. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  check(args: unknown): Promise<CheckedArguments>;
}

const NO_ARGUMENTS: ObjectSchema = { type: 'object', properties: {}, additionalProperties: false };

/**
 * Returns the schema of a tool and its check.
 * @throws TypeError when a Standard Schema has no JSON Schema.
 */
export function toolSchema(name: string, { input = NO_ARGUMENTS }: Pick<FunctionTool, 'input'>): ToolSchema {
  if (!isStandard(input)) return jsonToolSchema(input);
  const inputSchema = jsonSchemaOf(input);
  if (inputSchema?.['type'] !== 'object') {
    const cause = inputSchema === undefined ? 'offers no JSON Schema' : 'does not describe an object';
    throw new TypeError(
      `tool '${name}': the schema of ${input['~standard'].vendor} ${cause}; pass JSON Schema as 'input'`,
    );
  }
  return {
    inputSchema,
    check: async (args) => {
      const result = await input['~standard'].validate(args);
      return result.issues === undefined ? { value: result.value } : { problem: problemOf(result.issues) };
    },
  };
}

function jsonToolSchema(inputSchema: ObjectSchema): ToolSchema {
  const check = schemaValidator(inputSchema);
  return {
    inputSchema,
    check: (value) => {
      const found = check(value);
      if (found === undefined) return Promise.resolve({ value });
      const subject = found.field === '' ? 'the arguments' : found.field;
      const hint = found.hint === undefined ? '' : `: ${found.hint}`;
      return Promise.resolve({ problem: `${subject} ${found.problem}${hint}` });
    },
  };
}

const isStandard = (schema: object): schema is StandardSchema => '~standard' in schema;

const jsonSchemaOf = (schema: StandardSchema): Record<string, unknown> | undefined =>
  schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });

const problemOf = (issues: readonly StandardIssue[]): string =>
  issues
    .map(({ message, path = [] }) => {
      const field = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return field === '' ? message : `${field}: ${message}`;
    })
    .join('; ');
