import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Caller } from '@clarity-runtime/core';
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
 * a client could make another person log in for it.
 */
export const loginOpeners =
  ({ sessions, trustsMachine, isServicePeer }: LoginOpenersDependencies): IsOpener =>
  async (req, owner) => {
    const holder = sessions.holderOf(cookieOf(req, sessions.cookieName) ?? '');
    if (holder !== undefined) return holder.principal.id === owner.principal.id;
    if (!trustsMachine || indirectness(req) !== undefined) return false;
    return isServicePeer === undefined || !(await isServicePeer(req.socket));
  };
