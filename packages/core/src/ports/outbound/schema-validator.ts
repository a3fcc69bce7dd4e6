/** What is wrong with a value: the field as a dotted path, empty for the whole, and the words that follow it. */
export interface SchemaProblem {
  readonly field: string;
  readonly problem: string;
  readonly hint?: string;
}

/** Answers the first problem of a value, or none. */
export type SchemaCheck = (value: unknown) => SchemaProblem | undefined;

/** Compiles a schema that is ours; a foreign one is never handed to it. */
export type SchemaValidator = (schema: Readonly<Record<string, unknown>>) => SchemaCheck;
