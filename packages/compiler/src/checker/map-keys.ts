import { actual, type Type } from '../types/type.ts';

export const KEY_HINT = 'convert the key to a String, for example with int_to_string or ++';

/** Returns true if a type can be the key of a Map, or is not known yet. */
export const isKey = (type: Type): boolean => ['String', 'Int64', 'variable', 'unknown'].includes(actual(type).kind);
