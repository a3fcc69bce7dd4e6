import type { z } from 'zod';
import { exchange, type Answer, type ExchangeOptions } from './exchange.ts';
import { openStream, type EventFrame } from './event-client.ts';
import { assertKnownDaemon } from './known-daemon.ts';
import { isLoopback } from './loopback.ts';
import { replies } from './replies.ts';
import { ApiError } from './api-error.ts';
import { ExitCode, CliError } from '../support/cli-error.ts';

export interface ApiClientOptions {
  readonly daemonUrl: URL;
  readonly token?: string;
  /** Lets the token travel in clear text to another machine. */
  readonly insecureHttp?: boolean;
  /** Folder whose daemon has to prove itself, if it is the one that is spoken to, before it gets the token. */
  readonly workspace?: string;
}

export interface DetailLimits {
  readonly logs: number;
  readonly events: number;
  readonly calls: number;
}

type Reply<Name extends keyof typeof replies> = z.infer<(typeof replies)[Name]>;

/** The daemon's HTTP API: the only road from a command to the daemon. Refusals are `Problem`s that carry its hint. */
export class ApiClient {
  readonly daemonUrl: URL;
  readonly #token: string | undefined;
  readonly #workspace: string | undefined;
  #proven: Promise<void> | undefined;

  constructor({ daemonUrl, token, insecureHttp = false, workspace }: ApiClientOptions) {
    if (token !== undefined && daemonUrl.protocol === 'http:' && !insecureHttp && !isLoopback(daemonUrl)) {
      throw new CliError(`the token would travel in clear text to ${daemonUrl.host}`, {
        hint: 'use https, or a tunnel to localhost, or insist with --insecure-http',
        exitCode: ExitCode.usage,
      });
    }
    this.daemonUrl = daemonUrl;
    this.#token = token;
    this.#workspace = workspace;
  }

  /** Resolves when the token may be sent; rejects when somebody else answers at the address. */
  proven(): Promise<void> {
    const workspace = this.#token === undefined ? undefined : this.#workspace;
    if (workspace === undefined) return Promise.resolve();
    return (this.#proven ??= assertKnownDaemon(this.daemonUrl, workspace));
  }

  status = (): Promise<Reply<'status'>> => this.#call('status', 'GET', '/api/status');

  services = (): Promise<Reply<'services'>> => this.#call('services', 'GET', '/api/services');

  service = (id: string): Promise<Reply<'service'>> => this.#call('service', 'GET', servicePath(id));

  apply = (manifest: unknown): Promise<Reply<'service'>> =>
    this.#call('service', 'POST', '/api/services/apply', { manifest });

  policy = (id: string): Promise<Reply<'policy'>> => this.#call('policy', 'GET', `${servicePath(id)}/policy`);

  testPolicy = (serviceId: string, tool: string, bytes: number): Promise<Reply<'policyTest'>> =>
    this.#call('policyTest', 'POST', '/api/policy/test', { serviceId, tool, bytes });

  applyPolicy = (policy: unknown): Promise<Reply<'appliedPolicy'>> =>
    this.#call('appliedPolicy', 'POST', '/api/policies/apply', { policy });

  start = (id: string): Promise<Reply<'service'>> => this.#call('service', 'POST', `${servicePath(id)}/start`);

  stop = (id: string): Promise<Reply<'service'>> => this.#call('service', 'POST', `${servicePath(id)}/stop`);

  restart = (id: string): Promise<Reply<'service'>> => this.#call('service', 'POST', `${servicePath(id)}/restart`);

  unquarantine = (id: string, reason?: string): Promise<Reply<'service'>> =>
    this.#call('service', 'POST', `${servicePath(id)}/unquarantine`, reason === undefined ? {} : { reason });

  details = (id: string, { logs, events, calls }: DetailLimits): Promise<Reply<'details'>> =>
    this.#call(
      'details',
      'GET',
      `${servicePath(id)}/details?log_limit=${String(logs)}&event_limit=${String(events)}&call_limit=${String(calls)}`,
    );

  /** Events as they happen, those after `lastEventId` first; ends with the connection, or the signal. */
  async *events(lastEventId?: string, signal?: AbortSignal): AsyncGenerator<EventFrame> {
    // A stream is opened again after a restart, and then by who knows whom.
    this.#proven = undefined;
    await this.proven();
    const answer = await openStream(this.#at('/api/events'), {
      ...(this.#token === undefined ? {} : { token: this.#token }),
      ...(lastEventId === undefined ? {} : { lastEventId }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (typeof answer !== 'function') throw this.#refusal(answer, jsonOf(answer));
    yield* answer();
  }

  introspect = (id: string): Promise<Reply<'introspected'>> =>
    this.#call('introspected', 'POST', `${servicePath(id)}/introspect`);

  interface = (id: string): Promise<Reply<'interface'>> =>
    this.#call('interface', 'GET', `${servicePath(id)}/interface`);

  logs = (id: string, limit: number): Promise<Reply<'logs'>> =>
    this.#call('logs', 'GET', `${servicePath(id)}/logs?limit=${String(limit)}`);

  remove = (id: string, cleanUp: boolean): Promise<Reply<'removed'>> =>
    this.#call('removed', 'DELETE', servicePath(id), cleanUp ? { cleanup_artifacts: true } : undefined);

  audit = (limit: number, serviceId?: string): Promise<Reply<'audit'>> =>
    this.#call(
      'audit',
      'GET',
      `/api/audit?limit=${String(limit)}${serviceId === undefined ? '' : `&service_id=${serviceId}`}`,
    );

  auditPage = (query: URLSearchParams): Promise<Reply<'auditPage'>> =>
    this.#call('auditPage', 'GET', `/api/audit?${query.toString()}`);

  verifyAudit = (expect?: string): Promise<Reply<'auditVerdict'>> =>
    this.#call('auditVerdict', 'GET', `/api/audit/verify${expect === undefined ? '' : `?expect=${expect}`}`);

  authProviders = (): Promise<Reply<'authProviders'>> =>
    this.#call('authProviders', 'GET', '/api/security/auth/providers');

  validateAuth = (ref: string): Promise<Reply<'authValidation'>> =>
    this.#call('authValidation', 'POST', '/api/security/auth/validate', { auth_ref: ref });

  secrets = (): Promise<Reply<'secrets'>> => this.#call('secrets', 'GET', SECRETS);

  setSecret = (ref: string, secret: string): Promise<Reply<'secretWritten'>> =>
    this.#call('secretWritten', 'POST', SECRETS, { auth_ref: ref, secret });

  deleteSecret = (ref: string): Promise<Reply<'secretDeleted'>> =>
    this.#call('secretDeleted', 'DELETE', SECRETS, { auth_ref: ref });

  diff = (id: string): Promise<Reply<'review'>> => this.#call('review', 'GET', `${servicePath(id)}/interface/diff`);

  accept = (id: string, tools: readonly string[]): Promise<Reply<'review'>> =>
    this.#call('review', 'POST', `${servicePath(id)}/interface/accept`, tools.length === 0 ? {} : { tools });

  explain = (tool: string, grants?: readonly string[]): Promise<Reply<'explanation'>> => {
    const subject = grants === undefined ? '' : `&grants=${encodeURIComponent(grants.join(','))}`;
    return this.#call('explanation', 'GET', `/api/explain?tool=${encodeURIComponent(tool)}${subject}`);
  };

  approvals = (): Promise<Reply<'approvals'>> => this.#call('approvals', 'GET', '/api/approvals');

  approve = (id: string): Promise<Reply<'approval'>> =>
    this.#call('approval', 'POST', `/api/approvals/${encodeURIComponent(id)}/approve`);

  deny = (id: string, reason: string | undefined): Promise<Reply<'approval'>> =>
    this.#call(
      'approval',
      'POST',
      `/api/approvals/${encodeURIComponent(id)}/deny`,
      reason === undefined ? {} : { reason },
    );

  async #call<Name extends keyof typeof replies>(
    reply: Name,
    method: ExchangeOptions['method'],
    path: string,
    body?: unknown,
  ): Promise<Reply<Name>> {
    await this.proven();
    const answer = await exchange(this.#at(path), {
      method,
      ...(this.#token === undefined ? {} : { token: this.#token }),
      ...(body === undefined ? {} : { body }),
    });
    const value = jsonOf(answer);
    if (answer.status !== 200) throw this.#refusal(answer, value);
    const read = replies[reply].safeParse(value);
    if (!read.success) throw this.#stranger();
    return read.data as Reply<Name>;
  }

  #at(path: string): URL {
    return new URL(this.daemonUrl.href.replace(/\/$/, '') + path);
  }

  #refusal({ status }: Answer, value: unknown): CliError {
    const read = replies.refusal.safeParse(value);
    if (!read.success) return this.#stranger();
    const { error, code, hint } = read.data;
    if (status === 401) {
      return new ApiError(
        this.#token === undefined ? 'the daemon asks for a token' : 'the daemon does not know this token',
        code,
        { hint: 'set CLARITYD_AUTH_TOKEN to the token that clarityd was started with' },
      );
    }
    return new ApiError(error, code, hint === undefined ? {} : { hint });
  }

  #stranger(): CliError {
    return new CliError(`what answers at ${this.daemonUrl.origin} is not the API of clarityd`, {
      hint: 'check --daemon-url (or CLARITYD_URL)',
    });
  }
}

const SECRETS = '/api/security/auth/secrets';

const servicePath = (id: string): string => `/api/services/${encodeURIComponent(id)}`;

function jsonOf({ text }: Answer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
