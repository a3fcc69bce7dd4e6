import { refusal, routes, type ApiRoute, type Immutable } from '@clarity-runtime/api-contract';
import type { CredentialQuestion, SecretDestinations } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import type { z, ZodType } from 'zod';
import { exchange, type Answer } from './exchange.ts';
import { openStream, type EventFrame } from './event-client.ts';
import { assertKnownDaemon } from './known-daemon.ts';
import { isLoopback } from './loopback.ts';
import { readReply } from './read-reply.ts';
import { ApiError } from './api-error.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';

export interface ApiClientOptions {
  readonly daemonUrl: URL;
  readonly token?: string;
  /** Allows the client to send the token in clear text to another machine. */
  readonly insecureHttp?: boolean;
  /** The workspace of a daemon. If this daemon listens at `daemonUrl`, it proves its identity before it gets the token. */
  readonly workspace?: string;
  /** The tenant in which an operator of all tenants acts. */
  readonly tenant?: string;
  /** Returns a credential of the user, for a route that needs one where the daemon requires no token. */
  readonly credential?: () => Promise<string | undefined>;
}

/** The settings of a new access token. */
export type TokenBody = z.input<typeof routes.createToken.body>;

/** A profile as the daemon takes it. */
export type ProfileBody = z.input<typeof routes.applyProfile.body>['profile'];

/** The settings of a login. */
export type LoginBody = z.input<typeof routes.beginLogin.body>;

/** The HTTP API of the daemon. An error reply is thrown as an `ApiError` with the hint of the daemon. */
export class ApiClient {
  readonly daemonUrl: URL;
  readonly #token: string | undefined;
  readonly tenant: string | undefined;
  readonly #workspace: string | undefined;
  readonly #credential: ApiClientOptions['credential'];
  #proven: Promise<void> | undefined;

  constructor({ daemonUrl, token, insecureHttp = false, workspace, tenant, credential }: ApiClientOptions) {
    if (token !== undefined && daemonUrl.protocol === 'http:' && !insecureHttp && !isLoopback(daemonUrl)) {
      throw new CliError(`the token is not sent in clear text to ${daemonUrl.host}`, {
        hint: 'use https or a tunnel to localhost, or allow clear text with --insecure-http',
        exitCode: ExitCode.usage,
      });
    }
    this.daemonUrl = daemonUrl;
    this.#token = token;
    this.#workspace = workspace;
    this.tenant = tenant;
    this.#credential = credential;
  }

  /** Resolves when the token may be sent. Rejects if another process listens at the address of the daemon. */
  proven(): Promise<void> {
    const workspace = this.#token === undefined ? undefined : this.#workspace;
    if (workspace === undefined) return Promise.resolve();
    return (this.#proven ??= assertKnownDaemon(this.daemonUrl, workspace));
  }

  status = () => this.call(routes.getStatus);

  trustReport = () => this.call(routes.getTrust);

  trustWorkspace = (digest: string) => this.call(routes.trust, { body: { digest } });

  revokeTrust = () => this.call(routes.revokeTrust);

  services = () => this.call(routes.listServices);

  service = (id: string) => this.call(routes.getService, { id });

  /** Registers a service. `digest` is that of the record that it changes, `replaces` the id of the service whose name it takes. */
  apply = (manifest: unknown, digest?: string | null, replaces?: string) =>
    this.call(routes.applyService, { body: { manifest, ...defined({ digest, replaces }) } });

  policy = (id: string) => this.call(routes.getServicePolicy, { id });

  testPolicy = (serviceId: string, tool: string, bytes: number) =>
    this.call(routes.testPolicy, { body: { serviceId, tool, bytes } });

  policies = () => this.call(routes.listPolicies);
  applyPolicy = (policy: unknown) => this.call(routes.applyPolicy, { body: { policy } });

  start = (id: string) => this.call(routes.startService, { id });

  stop = (id: string) => this.call(routes.stopService, { id });

  restart = (id: string) => this.call(routes.restartService, { id });

  unquarantine = (id: string, reason?: string) =>
    this.call(routes.unquarantineService, { id, body: defined({ reason }) });

  details = (id: string, limits: { readonly logs: number; readonly events: number; readonly calls: number }) =>
    this.call(routes.getServiceDetails, {
      id,
      query: { log_limit: limits.logs, event_limit: limits.events, call_limit: limits.calls },
    });

  /** Yields the events after `lastEventId` and then the new ones. Ends with the connection or with the signal. */
  async *events(lastEventId?: string, signal?: AbortSignal): AsyncGenerator<EventFrame> {
    // After a restart another process may listen at the address.
    this.#proven = undefined;
    await this.proven();
    const url = this.#at(routes.watchEvents.path);
    const answer = await openStream(url, defined({ token: this.#token, tenant: this.tenant, lastEventId, signal }));
    if (typeof answer !== 'function') throw this.#refusal(answer, jsonOf(answer));
    yield* answer();
  }

  introspect = (id: string) => this.call(routes.introspectService, { id });

  interface = (id: string) => this.call(routes.getInterface, { id });

  logs = (id: string, limit: number) => this.call(routes.getServiceLogs, { id, query: { limit } });

  remove = (id: string, cleanUp: boolean) =>
    this.call(routes.removeService, { id, body: cleanUp ? { cleanup_artifacts: true } : {} });

  audit = (limit: number, serviceId?: string) =>
    this.call(routes.getAudit, { query: defined({ limit, service_id: serviceId }) });

  auditPage = (query: URLSearchParams) => this.call(routes.getAudit, { query: Object.fromEntries(query) });

  verifyAudit = (expect?: string) => this.call(routes.verifyAudit, { query: defined({ expect }) });

  authProviders = () => this.call(routes.getAuthProviders);

  validateAuth = (ref: string, use: CredentialQuestion = {}) =>
    this.call(routes.validateAuth, { body: { auth_ref: ref, ...use } });

  secrets = () => this.call(routes.listSecrets);

  setSecret = (ref: string, secret: string, { hosts, services }: SecretDestinations = {}) =>
    this.call(routes.setSecret, {
      body: defined({ auth_ref: ref, secret, hosts: hosts && [...hosts], services: services && [...services] }),
    });

  deleteSecret = (ref: string) => this.call(routes.deleteSecret, { body: { auth_ref: ref } });

  diff = (id: string) => this.call(routes.getReview, { id });

  accept = (id: string, tools: readonly string[], digest?: string) =>
    this.call(routes.acceptInterface, {
      id,
      body: defined({ tools: tools.length === 0 ? undefined : [...tools], digest }),
    });

  explain = (tool: string, grants?: readonly string[]) =>
    this.call(routes.explainTool, { query: defined({ tool, grants: grants?.join(',') }) });

  approvals = () => this.call(routes.listApprovals);
  approve = (id: string, digest?: string) => this.call(routes.approve, { id, body: defined({ digest }) });

  deny = (id: string, reason: string | undefined) => this.call(routes.deny, { id, body: defined({ reason }) });

  profiles = () => this.call(routes.listProfiles);

  profile = (name: string) => this.call(routes.getProfile, { id: name });

  applyProfile = (profile: ProfileBody) => this.call(routes.applyProfile, { body: { profile } });

  previewProfile = (name: string) => this.call(routes.previewProfile, { id: name });

  removeProfile = (name: string) => this.call(routes.removeProfile, { id: name, body: {} });

  logins = () => this.call(routes.getLogins);

  beginLogin = (id: string, body: LoginBody) => this.call(routes.beginLogin, { id, body });

  completeLogin = (flow: string, response: string) => this.call(routes.completeLogin, { id: flow, body: { response } });

  logout = (id: string) => this.call(routes.logout, { id, body: {} });

  tokens = () => this.call(routes.listTokens);

  createToken = (body: TokenBody) => this.call(routes.createToken, { body });

  rotateToken = (name: string, overlapSeconds: number | undefined) =>
    this.call(routes.rotateToken, { id: name, body: defined({ overlapSeconds }) });

  revokeToken = (name: string) => this.call(routes.revokeToken, { id: name, body: {} });

  /** Calls a route of the API and parses its reply. Rejects with a `CliError` that has the code and the hint of the daemon. */
  async call<R extends JsonRoute>(
    { method, path, grant, reply }: R,
    { id = '', query, body }: CallOptions<R> = {},
  ): Promise<Reply<R>> {
    await this.proven();
    const url = this.#at(path.replace(':id', encodeURIComponent(id)));
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
    const token = this.#token ?? (grant === 'secrets' ? await this.#credential?.() : undefined);
    const answer = await exchange(url, { method, ...defined({ token, tenant: this.tenant, body }) });
    const value = jsonOf(answer);
    if (answer.status !== 200) throw this.#refusal(answer, value);
    const read = readReply(reply, value);
    if (read === undefined) throw this.#notClarityd();
    return read as Reply<R>;
  }

  #at(path: string): URL {
    return new URL(this.daemonUrl.href.replace(/\/$/, '') + path);
  }

  #refusal({ status }: Answer, value: unknown): CliError {
    const read = readReply(refusal, value);
    if (read === undefined) return this.#notClarityd();
    const { error, code, hint, problems = [] } = read;
    if (status === 401) {
      return new ApiError(
        this.#token === undefined ? 'the daemon requires a token' : 'the daemon rejected the token',
        code,
        { hint: 'set CLARITYD_AUTH_TOKEN to the token of clarityd' },
      );
    }
    const others = problems.slice(1).map(({ field, problem }) => `\n  ${field} ${problem}`);
    return new ApiError(error + others.join(''), code, { hint });
  }

  #notClarityd(): CliError {
    return new CliError(`the server at ${this.daemonUrl.origin} is not clarityd`, {
      hint: 'check --daemon-url (or CLARITYD_URL)',
    });
  }
}

type JsonRoute = ApiRoute & { readonly reply: ZodType };
type Reply<R extends JsonRoute> = Immutable<z.output<R['reply']>>;

interface CallOptions<R> {
  /** The segment at `:id` of the path. */
  readonly id?: string;
  readonly query?: R extends { readonly query: ZodType }
    ? Readonly<Partial<Record<keyof z.input<R['query']>, string | number>>>
    : never;
  readonly body?: R extends { readonly body: ZodType } ? z.input<R['body']> : never;
}

function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
