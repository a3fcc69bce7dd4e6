/** A value that the user has to give. */
export interface ImportNeed {
  /** Name of the input or of the variable. */
  readonly name: string;
  readonly description?: string;
  readonly isSecret: boolean;
  readonly fallback?: string;
}

/** A part of a value of a manifest: text, a reference of the runtime, a secret to store, or a value that is missing. */
export type TemplatePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reference'; readonly text: string }
  | { readonly type: 'secret'; readonly name: string; readonly value: string }
  | { readonly type: 'need'; readonly need: ImportNeed };

export type ValueTemplate = readonly TemplatePart[];

const UNSAFE = /[^A-Za-z0-9._-]+/g;
const MAX_NAME_LENGTH = 100;

/** Returns a name as a segment of a secret reference. */
export function secretSegment(name: string): string {
  const segment = name.replace(UNSAFE, '-').slice(0, MAX_NAME_LENGTH);
  return /^[.-]*$/.test(segment) ? 'value' : segment;
}

/** Returns the value without secrets, to compare and to show. */
export const shownTemplate = (template: ValueTemplate): string =>
  template.map((part) => (part.type === 'text' || part.type === 'reference' ? part.text : '***')).join('');

/** Returns the complete value, to compare in memory; a missing value is empty. */
export const plainTemplate = (template: ValueTemplate): string =>
  template.map((part) => (part.type === 'secret' ? part.value : part.type === 'need' ? '' : part.text)).join('');

/** Returns the template with the answers of the user in place of the missing values. */
export const answeredTemplate = (template: ValueTemplate, answers: ReadonlyMap<string, string>): ValueTemplate =>
  template.map((part) => {
    const answer = part.type === 'need' ? answers.get(part.need.name) : undefined;
    if (part.type !== 'need' || answer === undefined) return part;
    return part.need.isSecret
      ? { type: 'secret', name: part.need.name, value: answer }
      : { type: 'text', text: answer };
  });

/** Returns the missing values of templates, each name once. */
export function needsOf(templates: readonly ValueTemplate[]): readonly ImportNeed[] {
  const needs = templates.flat().flatMap((part) => (part.type === 'need' ? [part.need] : []));
  return needs.filter((need, at) => needs.findIndex(({ name }) => name === need.name) === at);
}

/** A secret to store: its reference and its value. */
export interface ImportedSecret {
  readonly reference: string;
  readonly value: string;
}

/** Writes templates as values of one manifest, and collects the secrets of their references. */
export class TemplateWriter {
  readonly #folder: string;
  readonly #secrets = new Map<string, string>();

  /** `folder` is the first part of all references, for example `import/github`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get secrets(): readonly ImportedSecret[] {
    return [...this.#secrets].map(([reference, value]) => ({ reference, value }));
  }

  /** Returns the value, or the reference of a value that is one secret. */
  entry(template: ValueTemplate): { readonly value: string } | { readonly secretRef: string } {
    const [only, ...others] = template;
    if (only !== undefined && others.length === 0 && (only.type === 'secret' || only.type === 'need')) {
      return { secretRef: this.#reference(only) };
    }
    return { value: this.text(template) };
  }

  /** Returns the value with `${secret:…}` for each secret. A literal `${` is escaped. */
  text(template: ValueTemplate): string {
    return template
      .map((part) => {
        if (part.type === 'reference') return part.text;
        return part.type === 'text' ? part.text.replaceAll('${', '$${') : `\${secret:${this.#reference(part)}}`;
      })
      .join('');
  }

  #reference(part: Extract<TemplatePart, { type: 'secret' | 'need' }>): string {
    const base = `file:${this.#folder}/${secretSegment(part.type === 'secret' ? part.name : part.need.name)}`;
    if (part.type === 'need') return base;
    for (let number = 1; ; number += 1) {
      const reference = number === 1 ? base : `${base}-${String(number)}`;
      const stored = this.#secrets.get(reference);
      if (stored !== undefined && stored !== part.value) continue;
      this.#secrets.set(reference, part.value);
      return reference;
    }
  }
}
