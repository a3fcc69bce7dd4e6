import { systemCaller, type Caller, type Door } from './caller.ts';

/** The principal that registered a service or stored a secret, and the entry point of its request. */
export interface Registrant {
  readonly principal: string;
  readonly door: Door;
}

/** Registrant of records without one: they were written before registrants were stored, by the operator. */
export const OPERATOR: Registrant = { principal: 'operator', door: 'http' };

/** Returns the registrant of what a caller creates. */
export const registrantOf = ({ principal, door }: Pick<Caller, 'principal' | 'door'>): Registrant => ({
  principal: principal.id,
  door,
});

const OPERATOR_DOORS: ReadonlySet<Door> = new Set(['http', 'embedded', 'boot']);
const OPERATOR_PRINCIPALS: ReadonlySet<string> = new Set(['operator', 'system']);

/** Returns whether an entry point is for clients: not the API, the embedder or the runtime. */
export const isClientDoor = (door: Door): boolean => !OPERATOR_DOORS.has(door);

/** Returns whether a registrant is the operator at an entry point that is not for clients. */
export const isOperator = ({ principal, door }: Registrant): boolean =>
  OPERATOR_DOORS.has(door) && OPERATOR_PRINCIPALS.has(principal);

/** Returns whether two registrants are one owner. The operator is one owner, whatever entry point it used. */
export const isSameOwner = (a: Registrant, b: Registrant): boolean =>
  isOperator(a) || isOperator(b)
    ? isOperator(a) && isOperator(b)
    : a.principal === b.principal && OPERATOR_DOORS.has(a.door) === OPERATOR_DOORS.has(b.door);

/** Returns the runtime as a caller in the name of a registrant, to restore what the registrant stored. */
export const onBehalfOf = ({ principal, door }: Registrant = OPERATOR): Caller => ({
  ...systemCaller,
  principal: { kind: 'system', id: principal },
  door,
});
