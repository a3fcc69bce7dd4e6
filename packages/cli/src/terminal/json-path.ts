/** One step of a path: a member, an element, or all elements. */
type Step = { readonly member: string } | { readonly index: number } | { readonly all: true };

/** A template: text, and paths between braces. */
export type JsonPath = readonly (string | readonly Step[])[];

const MAX_CHARACTERS = 1_000;
const STEP = /^(?:\.([A-Za-z_$][\w$-]*)|\['([^']*)'\]|\[(\d{1,9})\]|\.\*|\[\*\])/;

/**
 * Parses the subset of JSONPath: `.a`, `['a']`, `[n]`, `[*]` and templates such as `{.a} text {.b}`. Without braces the
 * whole text is one path. Returns undefined for another text.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text === '' || text.length > MAX_CHARACTERS) return undefined;
  if (!text.includes('{')) {
    const steps = stepsOf(text);
    return steps === undefined ? undefined : [steps];
  }
  const parts: (string | readonly Step[])[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open !== 0) {
      parts.push(plainText(open < 0 ? rest : rest.slice(0, open)));
      rest = open < 0 ? '' : rest.slice(open);
      continue;
    }
    const close = rest.indexOf('}');
    const steps = close < 0 ? undefined : stepsOf(rest.slice(1, close));
    if (steps === undefined) return undefined;
    parts.push(steps);
    rest = rest.slice(close + 1);
  }
  return parts;
}

const plainText = (text: string): string => text.replaceAll('\\n', '\n').replaceAll('\\t', '\t');

function stepsOf(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = text.trim().replace(/^\$/, '');
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`;
  while (rest !== '') {
    const [whole, plain, quoted, index] = STEP.exec(rest) ?? [];
    if (whole === undefined || whole === '') return undefined;
    const member = plain ?? quoted;
    steps.push(member !== undefined ? { member } : index === undefined ? { all: true } : { index: Number(index) });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** Returns the text of a template: values of one path are separated by blanks, objects are JSON. */
export const formatJsonPath = (path: JsonPath, value: unknown): string =>
  path.map((part) => (typeof part === 'string' ? part : found(part, value).map(textOf).join(' '))).join('');

function found(steps: readonly Step[], value: unknown): readonly unknown[] {
  let values: readonly unknown[] = [value];
  for (const step of steps) values = values.flatMap((one) => childrenOf(one, step));
  return values;
}

function childrenOf(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('all' in step) return Object.values(value) as readonly unknown[];
  const key = 'member' in step ? step.member : String(step.index);
  if ('index' in step && !Array.isArray(value)) return [];
  return Object.hasOwn(value, key) ? [(value as Readonly<Record<string, unknown>>)[key]] : [];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
