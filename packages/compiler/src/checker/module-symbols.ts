import type { ConstantSymbol, FunctionSymbol } from '../typed/typed-tree.ts';
import type { GenericFunctions } from './generic-functions.ts';
import type { RecordType, UnionType } from '../types/type.ts';

export interface Constructor {
  readonly union: UnionType;
  readonly tag: number;
}

/** The declared names of a module. */
export interface ModuleSymbols {
  readonly functions: ReadonlyMap<string, FunctionSymbol>;
  readonly generics: GenericFunctions;
  /** Grows while constants are checked in source order, so that each can use the previous ones. */
  readonly constants: ReadonlyMap<string, ConstantSymbol>;
  readonly constructors: ReadonlyMap<string, Constructor>;
  readonly records: readonly RecordType[];
  /** Names with a rejected declaration; their uses are not reported. */
  readonly refused: ReadonlySet<string>;
}
