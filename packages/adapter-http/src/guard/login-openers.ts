import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Caller } from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import { cookieOf } from './credentials.ts';
import { indirectness } from './host-names.ts';
import type { PageSessions } from './page-sessions.ts';

export interface LoginOpenersDependencies {
  readonly sessions: PageSessions;
  /** A direct request of this machine is its user: no token is set, and none is required. */
  readonly trustsMachine: boolean;
  readonly isServicePeer: ((socket: Socket) => Promise<boolean>) | undefined;
}

/** Returns whether the browser of a request belongs to the caller of a login link. */
export type IsOpener = (req: IncomingMessage, owner: Caller) => Promise<boolean>;

/**
 * Returns the check of the person who opens a login link (MCP 2026-07-28, Elicitation, "Phishing"): the principal that asked for
 * it, by its session of the page, or the user of this machine where requests of this machine need no credential. Otherwise
 * a client could make another person log in for it. The user of this machine operates all tenants and is a client of `default`
 * only: a link of a token of another tenant is not one of that user.
 */
export const loginOpeners =
  ({ sessions, trustsMachine, isServicePeer }: LoginOpenersDependencies): IsOpener =>
  async (req, owner) => {
    const holder = sessions.holderOf(cookieOf(req, sessions.cookieName) ?? '');
    if (holder !== undefined) return isSamePerson(holder, owner);
    if (owner.tenant !== DEFAULT_TENANT && !MACHINE.has(owner.credential.kind)) return false;
    if (!trustsMachine || indirectness(req) !== undefined) return false;
    return isServicePeer === undefined || !(await isServicePeer(req.socket));
  };

/** Kinds of credentials that the user of this machine has. */
const MACHINE: ReadonlySet<Caller['credential']['kind']> = new Set(['none', 'cli', 'operator']);

/** Principals of two tenants may have one name. An operator who acts in another tenant has one credential in both. */
const isSamePerson = (holder: Caller, owner: Caller): boolean =>
  holder.principal.id === owner.principal.id &&
  (holder.tenant === owner.tenant || holder.credential.id === owner.credential.id);
