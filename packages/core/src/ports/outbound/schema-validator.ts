/** A problem of a value: the field as a dotted path, empty for the whole value, and the text that follows it. */
export interface SchemaProblem {
  readonly field: string;
  readonly problem: string;
  readonly hint?: string;
}

/** Returns the first problem of a value; undefined if the value is valid. */
export type SchemaCheck = (value: unknown) => SchemaProblem | undefined;

/** Compiles a schema of this repository; it never receives a schema of an upstream. */
export type SchemaValidator = (schema: Readonly<Record<string, unknown>>) => SchemaCheck;
