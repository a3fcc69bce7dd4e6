import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { DiagnosticCode } from '../diagnostics/diagnostic.ts';
import type { Report } from '../diagnostics/report.ts';
import type { TypeExpression, TypeNode } from '../parser/syntax-tree.ts';
import { PRIMITIVES, typeName, UNKNOWN, type RecordType, type Type, type UnionType } from '../types/type.ts';
import { isTooLarge } from '../types/unify.ts';
import { foreignTypeHint } from './foreign-names.ts';
import { isKey, KEY_HINT } from './map-keys.ts';

const CONTAINERS = new Map([
  ['List', 1],
  ['Option', 1],
  ['Result', 2],
  ['Map', 2],
]);
const PARTS = { List: 'an element of List', Map: 'a key or a value of Map' } as const;
const FORMS: Readonly<Record<string, { readonly form: string; readonly example: string }>> = {
  List: { form: 'List<T>', example: 'List<Int64>' },
  Option: { form: 'Option<T>', example: 'Option<Int64>' },
  Result: { form: 'Result<T, E>', example: 'Result<Int64, String>' },
  Map: { form: 'Map<K, V>', example: 'Map<String, Int64>' },
};
const MAX_ALIAS_DEPTH = 50;

/** Reserved type names. */
export const LANGUAGE_TYPES: ReadonlySet<string> = new Set([...PRIMITIVES.keys(), ...CONTAINERS.keys()]);

/** Resolves type expressions. Reports an invalid one and returns `unknown`. */
export class TypeResolver {
  readonly #report: Report;
  readonly #declared: Map<string, RecordType | UnionType>;
  readonly #aliases: Map<string, TypeNode>;
  readonly #resolved: Map<string, Type>;
  readonly #parameters: ReadonlyMap<string, Type>;
  readonly #open: string[] = [];

  constructor(report: Report, outer?: TypeResolver, parameters: ReadonlyMap<string, Type> = new Map()) {
    this.#report = report;
    this.#declared = outer === undefined ? new Map<string, RecordType | UnionType>() : outer.#declared;
    this.#aliases = outer === undefined ? new Map<string, TypeNode>() : outer.#aliases;
    this.#resolved = outer === undefined ? new Map<string, Type>() : outer.#resolved;
    this.#parameters = parameters;
  }

  /** Returns a resolver of the same types with additional type parameters. */
  within(parameters: ReadonlyMap<string, Type>): TypeResolver {
    return new TypeResolver(this.#report, this, parameters);
  }

  declare(type: RecordType | UnionType): void {
    this.#declared.set(type.name, type);
  }

  declareAlias(node: TypeNode): void {
    this.#aliases.set(node.name.text, node);
  }

  /** Resolves a name with a rejected declaration to `unknown`. */
  markInvalid(name: string): void {
    this.#resolved.set(name, UNKNOWN);
  }

  resolve(expression: TypeExpression): Type {
    if (expression.kind === 'broken') return UNKNOWN;
    const type = expression.kind === 'function' ? this.#function(expression) : this.#named(expression.name, expression);
    if (isTooLarge(type)) {
      return this.#refuse('TYPE_TOO_LARGE', expression, 'this type is too large', 'declare records for its parts');
    }
    return type;
  }

  /** Resolves a type that must have values. Reports Unit. */
  resolveValue(expression: TypeExpression, what: string): Type {
    const type = this.resolve(expression);
    if (type.kind !== 'Unit') return type;
    return this.#refuse('UNIT_VALUE', expression, `${what} cannot be Unit, which has no value`, 'remove it');
  }

  #function({ parameters, result }: TypeExpression & { kind: 'function' }): Type {
    const types = parameters.map((parameter) => this.resolveValue(parameter, 'a parameter'));
    return { kind: 'function', parameters: types, result: this.resolve(result) };
  }

  #named(name: string, expression: TypeExpression & { kind: 'named' }): Type {
    const container = CONTAINERS.get(name);
    if (container !== undefined) return this.#container(name, container, expression);
    const known =
      this.#parameters.get(name) ?? PRIMITIVES.get(name) ?? this.#declared.get(name) ?? this.#resolved.get(name);
    const type = known ?? this.#alias(name, expression) ?? this.#unknown(name, expression);
    if (type === UNKNOWN || expression.arguments.length === 0) return type;
    return this.#refuse('WRONG_ARITY', expression, `${name} takes no type arguments`);
  }

  #container(name: string, arity: number, expression: TypeExpression & { kind: 'named' }): Type {
    const args = expression.arguments.map((argument) =>
      name === 'List' || name === 'Map' ? this.resolveValue(argument, PARTS[name]) : this.resolve(argument),
    );
    const [first = UNKNOWN, second = UNKNOWN] = args;
    if (args.length !== arity) {
      const form = FORMS[name];
      this.#refuse(
        'WRONG_ARITY',
        expression,
        `${name} has the form ${form?.form ?? name}`,
        `write for example ${form?.example ?? name}`,
      );
    }
    switch (name) {
      case 'List':
        return { kind: 'List', element: first };
      case 'Option':
        return { kind: 'Option', value: first };
      case 'Result':
        return { kind: 'Result', ok: first, error: second };
      default:
        if (isKey(first)) return { kind: 'Map', key: first, value: second };
        return this.#refuse(
          'TYPE_MISMATCH',
          expression,
          `the key of a Map must be a String or an Int64, not ${typeName(first)}`,
          KEY_HINT,
        );
    }
  }

  #alias(name: string, use: TypeExpression): Type | undefined {
    const node = this.#aliases.get(name);
    if (node?.body.kind !== 'alias') return undefined;
    if (this.#open.includes(name)) {
      const message = `the alias ${name} refers to itself`;
      return this.#refuse('CYCLIC_ALIAS', use, message, 'declare a record or a union, which can contain itself');
    }
    if (this.#open.length >= MAX_ALIAS_DEPTH) {
      return this.#refuse('TYPE_TOO_LARGE', use, 'the chain of type aliases is too long');
    }
    this.#open.push(name);
    const type = this.resolve(node.body.type);
    this.#open.pop();
    this.#resolved.set(name, type);
    return type;
  }

  #unknown(name: string, expression: TypeExpression): Type {
    const names = [...PRIMITIVES.keys(), ...CONTAINERS.keys(), ...this.#declared.keys(), ...this.#aliases.keys()];
    const hint = foreignTypeHint(name) ?? didYouMean(name, names);
    return this.#refuse('UNKNOWN_TYPE', expression, `unknown type \`${name.slice(0, 60)}\``, hint);
  }

  #refuse(code: DiagnosticCode, { span }: TypeExpression, message: string, hint?: string): Type {
    this.#report.error({ code, span, message, hint });
    return UNKNOWN;
  }
}
