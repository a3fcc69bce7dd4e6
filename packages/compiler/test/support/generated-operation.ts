import { BOOL, FLOAT, INT, STRING, type GenType } from './generated-type.ts';
import type { Tape } from './tape.ts';

export interface OperationParts {
  readonly tape: Tape;
  /** Generates any type. */
  readonly some: () => GenType;
  /** Generates an expression of a type. */
  readonly give: (type: GenType) => string;
  /** Generates an expression with an explicit type. */
  readonly known: (type: GenType) => string;
}

/** Generates an operator or builtin with a result of the type; undefined if none exists. */
export function operation({ tape, some, give, known }: OperationParts, type: GenType): string | undefined {
  const [int, float, text] = [(): string => give(INT), (): string => give(FLOAT), (): string => give(STRING)];
  const list = (of: GenType): string => give({ kind: 'List', of });
  const map = (): string => known({ kind: 'Map', key: STRING, of: some() });
  switch (type.kind) {
    case 'Int64':
      return tape.pick<() => string>([
        () => `(${int()} ${tape.pick(['+', '-', '*', '/', '%'])} ${int()})`,
        () => `(-${int()} + ${int()} * ${int()})`,
        () => `string_length(${text()})`,
        () => `length(${known({ kind: 'List', of: some() })})`,
        () => `map_size(${map()})`,
        () => `${tape.pick(['min_int', 'max_int'])}(${int()}, ${int()})`,
        () => `float_to_int(${float()})`,
        () => `index_of(${text()}, ${text()})`,
      ])();
    case 'Float64':
      return tape.pick<() => string>([
        () => `(${float()} ${tape.pick(['+', '-', '*', '/', '%'])} ${float()})`,
        () => `int_to_float(${int()})`,
        () => `-${float()}`,
        () => `${tape.pick(['floor', 'sqrt'])}(${float()})`,
      ])();
    case 'Bool':
      return tape.pick<() => string>([
        () => `(${int()} ${tape.pick(['<', '>', '<=', '>=', '==', '!='])} ${int()})`,
        () => `(${give(BOOL)} ${tape.pick(['and', 'or', '==', '!='])} ${give(BOOL)})`,
        () => `!(${give(BOOL)})`,
        () => `(${text()} ${tape.pick(['==', '!='])} ${text()})`,
        () => `(${float()} ${tape.pick(['<', '>=', '==', '!='])} ${float()})`,
        () => `is_empty(${known({ kind: 'List', of: some() })})`,
        () => `map_has(${map()}, ${text()})`,
        () => `contains(${text()}, ${text()})`,
      ])();
    case 'String':
      return tape.pick<() => string>([
        () => `(${text()} ++ ${text()})`,
        () => `int_to_string(${int()})`,
        () => `"<\${${text()}}|\${${text()}}>"`,
        () => `substring(${text()}, ${int()}, ${int()})`,
        () => `float_to_string(${float()})`,
        () => `${tape.pick(['trim', 'to_uppercase'])}(${text()})`,
        () => `string_replace(${text()}, ${text()}, ${text()})`,
        () => `char_at(${text()}, ${int()})`,
      ])();
    case 'List':
      return tape.pick<() => string>([
        () => `append(${list(type.of)}, ${give(type.of)})`,
        () => `concat(${list(type.of)}, ${list(type.of)})`,
        () => `${tape.pick(['tail', 'reverse'])}(${list(type.of)})`,
        () => `list_set(${list(type.of)}, ${int()}, ${give(type.of)})`,
        () => `map_values(${known({ kind: 'Map', key: INT, of: type.of })})`,
      ])();
    case 'Option':
      return type.of.kind === 'Int64' && tape.often(5)
        ? `string_to_int(${text()})`
        : `map_get(${known({ kind: 'Map', key: STRING, of: type.of })}, ${text()})`;
    case 'Map':
      return tape.often(3)
        ? `map_remove(${give(type)}, ${give(type.key)})`
        : `map_set(${give(type)}, ${give(type.key)}, ${give(type.of)})`;
    default:
      return undefined;
  }
}
