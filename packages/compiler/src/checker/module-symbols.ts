import type { ConstantSymbol, FunctionSymbol } from '../typed/typed-tree.ts';
import type { GenericFunctions } from './generic-functions.ts';
import type { RecordType, UnionType } from '../types/type.ts';

export interface Constructor {
  readonly union: UnionType;
  readonly tag: number;
}

/** What the declarations of a module name. */
export interface ModuleSymbols {
  readonly functions: ReadonlyMap<string, FunctionSymbol>;
  readonly generics: GenericFunctions;
  /** Grows while constants are checked from top to bottom, so that each sees the ones above it. */
  readonly constants: ReadonlyMap<string, ConstantSymbol>;
  readonly constructors: ReadonlyMap<string, Constructor>;
  readonly records: readonly RecordType[];
  /** Names whose declaration was refused; using them is not reported again. */
  readonly refused: ReadonlySet<string>;
}
