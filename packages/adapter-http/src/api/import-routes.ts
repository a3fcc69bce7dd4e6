import {
  routes,
  type ImportBody,
  type ImportPlanReply,
  type ImportQuery,
  type ImportResultReply,
  type UndoneImportReply,
} from '@clarity-runtime/api-contract';
import { ClarityError, type Caller } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/** Imports servers from the configurations of the AI clients of the user that runs the daemon. */
export interface ImportOperations {
  /** Reads configurations. Starts nothing and writes nothing. A reply never has the value of a secret. */
  plan(caller: Caller, query: ImportQuery): Promise<ImportPlanReply>;
  /**
   * Imports servers of a plan.
   * @throws ClarityError REVISION_CONFLICT when the plan of now has another digest, GRANT_REQUIRED.
   */
  run(caller: Caller, request: ImportBody): Promise<ImportResultReply>;
  /**
   * Undoes an import.
   * @throws ClarityError REQUEST_INVALID for an unknown id, GRANT_REQUIRED.
   */
  undo(caller: Caller, id: string): Promise<UndoneImportReply>;
}

/** Returns the routes of imports. Without the operations each of them is refused. */
export const importRoutes = (imports: ImportOperations = refusing): readonly HttpRoute[] => [
  jsonRoute(routes.planImport, ({ caller, query }) => imports.plan(caller, query)),
  jsonRoute(routes.runImport, ({ caller, body }) => imports.run(caller, body)),
  jsonRoute(routes.undoImport, ({ caller, id }) => imports.undo(caller, id)),
];

const refuse = (): Promise<never> =>
  Promise.reject(
    new ClarityError('CLIENT_CONFIG_REFUSED', 'this daemon does not read configurations of AI clients', {
      hint: 'use `clarityctl import` on the machine of the clients',
    }),
  );

const refusing: ImportOperations = { plan: refuse, run: refuse, undo: refuse };
