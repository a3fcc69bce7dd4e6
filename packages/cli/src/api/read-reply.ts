import type { Immutable } from '@clarity-runtime/api-contract';
import type { z, ZodType } from 'zod';

/**
 * Returns a reply as the daemon sent it, with members that the contract does not name. Undefined if the reply does not match
 * the schema. A value that a newer daemon added to an enumeration is accepted.
 */
export function readReply<T extends ZodType>(schema: T, value: unknown): Immutable<z.output<T>> | undefined {
  const { error } = schema.safeParse(value, { reportInput: true });
  const isKnown = error === undefined || error.issues.every(isAddition);
  return isKnown ? (value as Immutable<z.output<T>>) : undefined;
}

const isAddition = ({ code, input }: z.core.$ZodIssue): boolean =>
  code === 'unrecognized_keys' || (code === 'invalid_value' && typeof input === 'string');
