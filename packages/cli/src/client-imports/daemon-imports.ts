import { createHmac, randomBytes } from 'node:crypto';
import { importClients, type ImportJournal, type OpenImport } from '@clarity-runtime/adapter-store-fs';
import type { ImportOperations } from '@clarity-runtime/adapter-http';
import type {
  ImportBody,
  ImportPlanReply,
  ImportQuery,
  ImportResultReply,
  UndoneImportReply,
} from '@clarity-runtime/api-contract';
import { ClarityError, type Caller, type Runtime, type Verb } from '@clarity-runtime/core';
import {
  decide,
  grantRequired,
  isOwnVariable,
  toPrintableAscii,
  type ImportPlanRow,
} from '@clarity-runtime/core/internal';
import type { GatewayEntry } from '@clarity-runtime/core/ports';
import type { Environment } from '../support/process-context.ts';
import { outcomeView, planView, recordView } from './plan-view.ts';
import { IMPORT_SCOPES, readPlan, type ReadPlan } from './read-plan.ts';
import { rewireClients, rewireTargets } from './rewire-clients.ts';
import { runImport, type ImportAnswers } from './run-import.ts';
import { runtimeTarget } from './runtime-target.ts';
import { undoImport } from './undo-import.ts';

/** The AI clients of the user that runs the daemon. */
export interface ImportClients {
  /** Returns whether a configuration of a client has an entry of the gateway. */
  hasEntry(client: string): Promise<boolean>;
  /** Returns the entry of the gateway for a client, with a token of its own. `onCreate` is called before a new token. */
  importedEntry(client: string, onCreate: (name: string) => Promise<void>): Promise<GatewayEntry>;
  dropToken(name: string): Promise<boolean>;
}

/** Parts of the daemon that its imports use. */
export interface DaemonImportsOptions {
  readonly runtime: Runtime;
  readonly journal: ImportJournal;
  readonly env: Environment;
  /** Folder of the project files. */
  readonly workspace: string;
  readonly daemonUrl: () => URL;
  /** The AI clients of the user, and their tokens. */
  readonly clients: ImportClients;
}

/**
 * Imports of the user that runs the daemon, for callers of its API. Services and secrets change as the caller of the request,
 * so its grants decide. One import or undo runs at a time.
 */
export class DaemonImports implements ImportOperations {
  readonly #options: DaemonImportsOptions;
  /** Makes the digest of a plan useless for guesses of the secrets in it. */
  readonly #key = randomBytes(32);
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DaemonImportsOptions) {
    this.#options = options;
  }

  async plan(caller: Caller, query: ImportQuery): Promise<ImportPlanReply> {
    assertGrants(caller, ['provision']);
    const clients = query.clients?.split(',').map((name) => name.trim());
    const plan = await this.#read(caller, query.scope, clients);
    // Imports of other tenants are those of the command line.
    const records = (await this.#options.journal.list()).filter(({ tenant }) => tenant === undefined);
    const imports = records.map(recordView);
    return { digest: this.#digest(plan), ...planView(plan), others: plan.otherCount, imports };
  }

  run(caller: Caller, request: ImportBody): Promise<ImportResultReply> {
    assertGrants(caller, ['provision', 'operate']);
    return this.#alone(async () => {
      const plan = await this.#read(caller, request.scope, request.clients);
      if (this.#digest(plan) !== request.digest) {
        throw new ClarityError('REVISION_CONFLICT', 'the configurations or the services changed since the plan', {
          field: 'digest',
          hint: 'read the plan again with `GET /api/import`',
        });
      }
      return this.#import(caller, request, plan);
    });
  }

  undo(caller: Caller, id: string): Promise<UndoneImportReply> {
    assertGrants(caller, ['provision', 'operate']);
    return this.#alone(async () => {
      const { journal } = this.#options;
      const opened = await journal.open(id);
      if (opened?.record.tenant !== undefined || opened === undefined) {
        throw new ClarityError('REQUEST_INVALID', `the import '${toPrintableAscii(id)}' does not exist`, {
          field: 'id',
          hint: 'use an id of `imports` of `GET /api/import`',
        });
      }
      if (opened.record.secrets.length > 0) assertGrants(caller, ['secrets']);
      const steps = await undoImport(this.#target(caller), journal, opened, (client) =>
        this.#options.clients.hasEntry(client),
      );
      const files = new Map(opened.record.files.map(({ path, client }) => [path, client]));
      for (const { what, name, result } of steps) {
        if (what === 'file') await this.#recordFile(caller, 'client.unconfigured', files.get(name) ?? '', name, result);
      }
      return { ok: steps.every(({ result }) => result !== 'failed'), steps: [...steps] };
    });
  }

  async #import(caller: Caller, request: ImportBody, plan: ReadPlan): Promise<ImportResultReply> {
    const names = plan.rows.map(({ name }) => name);
    const rows = plan.renamed(configNames(plan.rows, request.renamed));
    const isChosen = (name: string): boolean =>
      (request.only?.includes(name) ?? true) && !request.except.includes(name);
    const chosen = rows.filter(({ state }, at) => state === 'new' && isChosen(names[at] ?? ''));
    if (chosen.some(({ secrets, needs }) => secrets.length > 0 || needs.some(({ isSecret }) => isSecret))) {
      assertGrants(caller, ['secrets']);
    }
    const answers: ImportAnswers = new Map(
      rows.map((row, at) => [row, new Map(Object.entries(request.answers[names[at] ?? ''] ?? {}))]),
    );
    const journal = await this.#options.journal.begin(this.#options.daemonUrl().origin, new Date());
    const warnings: string[] = [];
    const outcomes = await runImport(this.#target(caller), chosen, {
      ...{ journal, answers, start: request.start },
      tell: () => undefined,
      warn: (text) => warnings.push(text),
    });
    const running = new Set(outcomes.filter(({ state }) => state === 'RUNNING').map(({ row }) => row));
    const replaced = rows.filter(
      (row, at) => running.has(row) || (isChosen(names[at] ?? '') && this.#isUp(caller, row)),
    );
    const rewired = request.rewire ? await this.#rewire(caller, replaced, journal) : [];
    await journal.complete();
    const ok = outcomes.every((one) => one.ok) && rewired.every(({ problem }) => problem === undefined);
    return { ok, id: journal.record.id, results: outcomes.map(outcomeView), rewired, warnings };
  }

  async #rewire(
    caller: Caller,
    rows: readonly ImportPlanRow[],
    journal: OpenImport,
  ): Promise<ImportResultReply['rewired']> {
    const clients = [...new Set(rewireTargets(rows).map(({ client }) => client))];
    const entries = new Map<string, GatewayEntry>();
    for (const client of clients) {
      const onCreate = (name: string): Promise<void> => journal.addToken(client, name);
      entries.set(client, await this.#options.clients.importedEntry(client, onCreate));
    }
    const outcomes = await rewireClients(rows, (client) => entries.get(client), journal);
    for (const { client, path, problem } of outcomes) {
      await this.#recordFile(caller, 'client.configured', client, path, problem === undefined ? 'rewired' : 'failed');
    }
    return outcomes.map(({ client, path, names, problem }) => ({
      ...{ client, path, names: [...names] },
      ...(problem === undefined ? {} : { problem }),
    }));
  }

  #isUp(caller: Caller, { state, serviceId = '' }: ImportPlanRow): boolean {
    if (state !== 'same') return false;
    return this.#options.runtime.services
      .list(caller)
      .some(({ service, status }) => service.serviceId === serviceId && status.lifecycle === 'RUNNING');
  }

  #read(caller: Caller, scope: ImportQuery['scope'], clients: readonly string[] | undefined): Promise<ReadPlan> {
    const unknown = clients?.find((name) => !importClients.includes(name));
    if (unknown !== undefined) {
      throw new ClarityError('REQUEST_INVALID', `unknown client '${toPrintableAscii(unknown)}'`, {
        field: 'clients',
        hint: `use: ${importClients.join(', ')}`,
      });
    }
    const { env, workspace, runtime } = this.#options;
    // A file of a client must not name the token of this daemon.
    const visible = Object.fromEntries(Object.entries(env).filter(([name]) => !isOwnVariable(name)));
    const request = {
      ...{ clients, files: [], scopes: IMPORT_SCOPES[scope], only: undefined, except: [] },
      ...{ renamed: new Map<string, string>(), keepsSecrets: false, keepsWrappers: false },
      ...{ keepPlain: new Set<string>(), keepEnv: new Set<string>() },
    };
    const registered = runtime.services.list(caller).map(({ service: { serviceId, namespace, manifest } }) => ({
      ...{ serviceId, namespace },
      origin: manifest.spec.origin,
    }));
    return readPlan({ env: visible, cwd: workspace }, request, registered);
  }

  #digest({ rows }: ReadPlan): string {
    const parts = rows.map(({ planned, ...row }) => [row, planned?.identity, planned?.fingerprint]);
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('hex');
  }

  #target(caller: Caller) {
    const { runtime, clients } = this.#options;
    return runtimeTarget(runtime, caller, (name) => clients.dropToken(name));
  }

  /** Runs the work after that of earlier requests. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  #recordFile(
    caller: Caller,
    done: 'client.configured' | 'client.unconfigured',
    client: string,
    path: string,
    result: string,
  ): Promise<void> {
    const isDone = result !== 'failed';
    return this.#options.runtime.audit.record({
      kind: isDone ? done : 'client.refused',
      level: isDone ? 'info' : 'warn',
      message: `Configuration of ${client} ${isDone ? 'written by an import' : 'unchanged'}`,
      caller,
      data: { client, updated: isDone && result !== 'unchanged', path },
    });
  }
}

/** @throws ClarityError GRANT_REQUIRED */
function assertGrants(caller: Caller, verbs: readonly Verb[]): void {
  for (const verb of verbs) {
    const request = { verb, target: 'everything' } as const;
    if (!decide(caller, request).isAllowed) throw grantRequired(request);
  }
}

/** Returns the other names by the names in the configurations. */
const configNames = (rows: readonly ImportPlanRow[], renamed: ImportBody['renamed']): ReadonlyMap<string, string> =>
  new Map(
    rows.flatMap(({ name, places }) => {
      const other = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
      return other === undefined ? [] : places.map((place): [string, string] => [place.name, other]);
    }),
  );
