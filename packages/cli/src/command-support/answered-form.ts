import { z } from 'zod';
import { escapeForTerminal } from '../terminal/escape.ts';

/** The answer of a user to a question of a service (MCP 2025-11-25, Elicitation). */
export type FormAnswer =
  | { readonly action: 'accept'; readonly content: Readonly<Record<string, unknown>> }
  | { readonly action: 'decline' | 'cancel' };

/** Asks for one line; rejects when the user ends the question. */
export type AskLine = (question: string) => Promise<string>;

const MAX_FIELDS = 32;
const MAX_CHOICES = 64;
const MAX_TRIES = 3;
const MAX_LENGTH = 400;

const choice = z.looseObject({ const: z.string(), title: z.string().optional() });
const field = z
  .looseObject({
    type: z.enum(['string', 'number', 'integer', 'boolean', 'array']).catch('string'),
    title: z.string().optional().catch(undefined),
    description: z.string().optional().catch(undefined),
    enum: z.array(z.string()).max(MAX_CHOICES).optional().catch(undefined),
    oneOf: z.array(choice).max(MAX_CHOICES).optional().catch(undefined),
    items: z
      .looseObject({
        enum: z.array(z.string()).max(MAX_CHOICES).optional(),
        anyOf: z.array(choice).max(MAX_CHOICES).optional(),
      })
      .optional()
      .catch(undefined),
    default: z.unknown().optional(),
    minimum: z.number().optional().catch(undefined),
    maximum: z.number().optional().catch(undefined),
    minLength: z.number().optional().catch(undefined),
    maxLength: z.number().optional().catch(undefined),
  })
  .catch({ type: 'string' });
type Field = z.output<typeof field>;

const question = z.looseObject({
  mode: z.string().optional(),
  message: z.string().catch(''),
  requestedSchema: z.looseObject({
    properties: z.record(z.string(), field).catch({}),
    required: z.array(z.string()).catch([]),
  }),
});

/**
 * Asks the user the fields of a form and whether to send the answer. All texts are those of the service, so they are shown
 * without control characters. An input that ends is `cancel`, a refusal `decline`.
 */
export async function answeredForm(
  params: unknown,
  { service, ask, say }: { readonly service: string; readonly ask: AskLine; readonly say: (text: string) => void },
): Promise<FormAnswer> {
  const read = question.safeParse(params);
  if (!read.success || (read.data.mode ?? 'form') !== 'form') return { action: 'decline' };
  const { message, requestedSchema } = read.data;
  const fields = Object.entries(requestedSchema.properties);
  if (fields.length > MAX_FIELDS) return { action: 'decline' };
  // The gateway writes the name of the service before the text.
  say(shown(message));
  say('(an empty line takes the default, Ctrl-C ends the question; do not type passwords or tokens)');
  const content: Record<string, unknown> = {};
  try {
    for (const [name, known] of fields) {
      const value = await askField(name, known, { isNeeded: requestedSchema.required.includes(name), ask, say });
      if (value === REFUSED) return { action: 'decline' };
      if (value !== undefined) content[name] = value;
    }
    const isSent = /^y(es)?$/i.test((await ask(`send this answer to ${service}? [y/N] `)).trim());
    return isSent ? { action: 'accept', content } : { action: 'decline' };
  } catch {
    // The input ended, or the service no longer waits for the answer.
    return { action: 'cancel' };
  }
}

/** No valid value came after several tries. */
const REFUSED = Symbol('refused');

async function askField(
  name: string,
  known: Field,
  { isNeeded, ask, say }: { readonly isNeeded: boolean; readonly ask: AskLine; readonly say: (text: string) => void },
): Promise<unknown> {
  const title = shown(known.title ?? name);
  const about = known.description === undefined ? '' : ` (${shown(known.description)})`;
  const choices = choicesOf(known);
  choices.forEach(({ label }, at) => {
    say(`  ${String(at + 1)} ${shown(label)}`);
  });
  const usual = known.default === undefined ? '' : ` [${shown(JSON.stringify(known.default))}]`;
  const prompt = `${title}${about}${known.type === 'boolean' ? ' y/n' : ''}${usual}${isNeeded ? '' : ' (optional)'}: `;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const text = (await ask(prompt)).trim();
    if (text === '' && known.default !== undefined) return known.default;
    if (text === '' && !isNeeded) return undefined;
    const value = valueOf(text, known, choices);
    if (value !== undefined) return value;
    say(`  ${title}: ${expected(known, choices.length)}`);
  }
  return REFUSED;
}

const shown = (text: string): string => escapeForTerminal(text.slice(0, MAX_LENGTH));

interface Choice {
  readonly value: string;
  readonly label: string;
}

function choicesOf({ enum: names, oneOf, items }: Field): readonly Choice[] {
  const titled = oneOf ?? items?.anyOf;
  if (titled !== undefined) return titled.map(({ const: value, title = value }) => ({ value, label: title }));
  return (names ?? items?.enum ?? []).map((value) => ({ value, label: value }));
}

function expected({ type, minimum, maximum }: Field, choices: number): string {
  if (choices > 0)
    return `write a number from 1 to ${String(choices)}${type === 'array' ? ', or several with commas' : ''}`;
  if (type === 'boolean') return 'write y or n';
  if (type === 'string') return 'the text has the wrong length';
  const range = [
    minimum === undefined ? '' : ` from ${String(minimum)}`,
    maximum === undefined ? '' : ` to ${String(maximum)}`,
  ];
  return `write a ${type === 'integer' ? 'whole ' : ''}number${range.join('')}`;
}

/** Returns the value of a text, or undefined if it does not fit the field. */
function valueOf(text: string, known: Field, choices: readonly Choice[]): unknown {
  const { type, minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity } = known;
  const chosen = (word: string): string | undefined =>
    (choices[Number(word) - 1] ?? choices.find(({ value, label }) => value === word || label === word))?.value;
  if (type === 'array') {
    const values = text.split(',').map((word) => chosen(word.trim()));
    return values.includes(undefined) ? undefined : [...new Set(values)];
  }
  if (choices.length > 0) return chosen(text);
  if (type === 'boolean')
    return /^(?:y|yes|true)$/i.test(text) ? true : /^(?:n|no|false)$/i.test(text) ? false : undefined;
  if (type === 'string') return text.length < minLength || text.length > maxLength || text === '' ? undefined : text;
  const number = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const fits = number >= minimum && number <= maximum && (type === 'number' || Number.isSafeInteger(number));
  return fits ? number : undefined;
}
