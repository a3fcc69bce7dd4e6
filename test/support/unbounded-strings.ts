type Schema = Readonly<Record<string, unknown>>;

/** Values, and names of members, which the limit of the body bounds with their values. */
const LEFT_OUT: ReadonlySet<string> = new Set(['default', 'examples', 'propertyNames']);

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** Whether a pattern admits texts of a bounded length only: it has both anchors, and no quantifier without a maximum. */
const isBounded = (pattern: unknown): boolean =>
  typeof pattern === 'string' &&
  /^\^.*\$$/s.test(pattern) &&
  !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/gs, 'x'));

/** Returns the paths of the strings that a JSON schema accepts in any length. Every subschema is visited, whatever holds it. */
export function unboundedStrings(schema: unknown, path = '', isMap = false): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((each) => unboundedStrings(each, path));
  if (!isSchema(schema)) return [];
  const { type, maxLength, pattern, enum: values, const: only } = schema;
  const isText = !isMap && (type === 'string' || (Array.isArray(type) && type.includes('string')));
  const isFree = isText && [maxLength, values, only].every((bound) => bound === undefined) && !isBounded(pattern);
  const own = isFree ? [path] : [];
  const below = Object.entries(schema).flatMap(([name, each]) =>
    LEFT_OUT.has(name) ? [] : unboundedStrings(each, `${path}/${name}`, name === 'properties'),
  );
  return [...own, ...below];
}
