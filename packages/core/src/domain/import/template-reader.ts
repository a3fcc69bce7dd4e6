import { secretValueProblem } from '../access/secret-rules.ts';
import type { FoundPair, FoundServer } from './found-server.ts';
import { isPlaceholder, isSecretHeader, isSecretName, isSecretParameter, isSecretValue } from './secret-shape.ts';
import { valueParts } from './value-reference.ts';
import { plainTemplate, type TemplatePart, type ValueTemplate } from './value-template.ts';

/** Values of the references of a configuration, and the treatment of secrets. */
export interface ImportContext {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly separator: string;
  /** Contents of the files that `{file:path}` names, by the path as written. Absent: the file cannot be read. */
  readonly files: ReadonlyMap<string, string>;
  /** Variables that stay references to the environment of the daemon. */
  readonly keepEnv: ReadonlySet<string>;
  /** Names of values that stay in the manifest. */
  readonly keepPlain: ReadonlySet<string>;
  /** No secret leaves the manifest. */
  readonly keepsSecrets: boolean;
}

/** Role of a value. */
export type ValueRole = 'env' | 'header' | 'query' | 'argument' | 'place';

const SCHEME = /^(?:Bearer|Basic|Token|ApiKey|Api-Key) +/i;
const MAX_SECRET_BYTES = 16 * 1024;

/** Reads the values of one server as templates. */
export class TemplateReader {
  readonly notes: string[] = [];
  readonly #server: FoundServer;
  readonly #context: ImportContext;

  constructor(server: FoundServer, context: ImportContext) {
    this.#server = server;
    this.#context = context;
  }

  /** Whether paths of this system are those of POSIX. */
  get isPosix(): boolean {
    return this.#context.separator === '/';
  }

  /** Returns a value of a name as a template. A value of role `place` never becomes a secret. */
  read(name: string, value: string, role: ValueRole): ValueTemplate {
    const [scheme = ''] = role === 'header' ? (SCHEME.exec(value) ?? []) : [];
    const rest = value.slice(scheme.length);
    const head: ValueTemplate = scheme === '' ? [] : [{ type: 'text', text: scheme }];
    if (rest !== '' && role !== 'place' && isPlaceholder(rest)) {
      return [...head, { type: 'need', need: { name, isSecret: true } }];
    }
    const parts = valueParts(rest, this.#server.references);
    const isOne = parts.length === 1;
    const isSecretField = this.#isSecretField(name, role);
    return [
      ...head,
      ...parts.flatMap((part): readonly TemplatePart[] => {
        switch (part.type) {
          case 'text':
            return [
              this.#text(name, part.text, role !== 'place' && ((isOne && isSecretField) || isSecretValue(part.text))),
            ];
          case 'variable':
            return [this.#variable(part.name, part.fallback, role !== 'place' && isSecretField)];
          case 'input':
            return [this.#input(part.id)];
          case 'file':
            return [this.#file(name, part.path)];
          case 'home':
            return [{ type: 'text', text: this.#context.home }];
          case 'folder':
            return [{ type: 'text', text: this.#server.folder }];
          case 'separator':
            return [{ type: 'text', text: this.#context.separator }];
        }
      }),
    ];
  }

  /** Returns the value of a pair, which may be the one of a variable. */
  pair({ name, value, isVariable, prefix = '' }: FoundPair, role: ValueRole): ValueTemplate {
    if (isVariable === undefined) return this.read(name, value, role);
    const part = this.#variable(value, undefined, this.#isSecretField(name, role));
    return prefix === '' ? [part] : [{ type: 'text', text: prefix }, part];
  }

  /** Returns a path, absolute: relative ones are below the folder of the configuration. */
  path(text: string): string {
    const path = plainTemplate(this.read('path', text, 'place'));
    if (/^~[/\\]/.test(path)) return this.#context.home + path.slice(1);
    if (/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)) return path;
    return `${this.#server.folder}${this.#context.separator}${path.replace(/^\.[/\\]/, '')}`;
  }

  #isSecretField(name: string, role: ValueRole): boolean {
    if (role === 'place') return false;
    if (role === 'header') return isSecretHeader(name);
    return isSecretName(name) || (role === 'query' && isSecretParameter(name));
  }

  #text(name: string, text: string, isSecret: boolean): TemplatePart {
    const { keepPlain, keepsSecrets } = this.#context;
    if (!isSecret || keepsSecrets || keepPlain.has(name)) return { type: 'text', text };
    const problem =
      secretValueProblem(text) ??
      (new TextEncoder().encode(text).length > MAX_SECRET_BYTES ? 'it is longer than 16 KiB' : undefined);
    if (problem === undefined) return { type: 'secret', name, value: text };
    this.notes.push(`${name} stays in the manifest: ${problem}`);
    return { type: 'text', text };
  }

  #variable(name: string, fallback: string | undefined, isSecretField: boolean): TemplatePart {
    const { variables, keepEnv } = this.#context;
    if (keepEnv.has(name)) {
      return { type: 'reference', text: fallback === undefined ? `\${env:${name}}` : `\${env:${name}:-${fallback}}` };
    }
    const value = (Object.hasOwn(variables, name) ? variables[name] : undefined) ?? '';
    if (value === '' && fallback !== undefined) return { type: 'text', text: fallback };
    if (value === '') return { type: 'need', need: { name, isSecret: isSecretField || isSecretName(name) } };
    return this.#text(name, value, isSecretField || isSecretName(name) || isSecretValue(value));
  }

  #input(id: string): TemplatePart {
    const { inputs } = this.#server;
    const input = Object.hasOwn(inputs, id) ? inputs[id] : undefined;
    const { description, fallback, isSecret = true } = input ?? {};
    return {
      type: 'need',
      need: {
        name: id,
        isSecret,
        ...(description === undefined ? {} : { description }),
        ...(fallback === undefined ? {} : { fallback }),
      },
    };
  }

  #file(name: string, path: string): TemplatePart {
    const content = this.#context.files.get(path)?.replace(/\r?\n$/, '');
    if (content === undefined || content === '') {
      return { type: 'need', need: { name, isSecret: true, description: 'its file cannot be read' } };
    }
    return this.#text(name, content, true);
  }
}
