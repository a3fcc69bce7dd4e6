import { actual, type Type } from '../types/type.ts';

export const KEY_HINT = 'make a String of the key, for example with int_to_string or ++';

/** May values of this type be the keys of a Map? A type that is not known yet may. */
export const isKey = (type: Type): boolean => ['String', 'Int64', 'variable', 'unknown'].includes(actual(type).kind);
