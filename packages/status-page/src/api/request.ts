/** The daemon refused: message, code and hint of the error table. `code` is undefined if no reply came. */
export interface RequestFailure {
  readonly kind: 'failed';
  readonly reason: string;
  readonly code?: string;
  readonly hint?: string;
  readonly status?: number;
  /** The daemon did not reply at all. */
  readonly isLost?: boolean;
}

/** `refused`: the daemon requires a token. */
export type ApiResult<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'refused' } | RequestFailure;

export interface PageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 8_000;
/** Longer than the other timeout, because the reply to a start waits for the service. */
const ACTION_TIMEOUT_MS = 90_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const HALF = 'x-clarity-page';

/** Returns the address of a path of the daemon: beside the page, so that the page works under a prefix. */
export function addressOf(path: string): string {
  const prefix = 'location' in globalThis ? location.pathname.replace(/\/status\/?$/, '') : '';
  return `${prefix === '/' ? '' : prefix}${path}`;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<ApiResult<T>> =>
  inSession(() => request<T>(path, signal === undefined ? {} : { signal }, TIMEOUT_MS));

export const send = <T>(
  method: 'POST' | 'DELETE' | 'PUT' | 'PATCH',
  path: string,
  body: object | string = {},
  signal?: AbortSignal,
): Promise<ApiResult<T>> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const init = { method, headers: JSON_TYPE, body: text, ...(signal === undefined ? {} : { signal }) };
  return inSession(() => request<T>(path, init, ACTION_TIMEOUT_MS));
};

/** Fetches a text exactly as the daemon wrote it. */
export const sendForText = (path: string, body: string, signal: AbortSignal): Promise<ApiResult<string>> =>
  inSession(async () => {
    const response = await respond(path, { method: 'POST', headers: JSON_TYPE, body, signal }, ACTION_TIMEOUT_MS);
    return response instanceof Response ? toText(response) : response;
  });

/** Opens a stream of the daemon. The caller reads the body. */
export const openStream = (path: string, signal: AbortSignal): Promise<ApiResult<Response>> =>
  inSession(async () => {
    const response = await respond(path, { headers: { accept: 'text/event-stream' }, signal }, undefined);
    if (!(response instanceof Response)) return response;
    return response.ok ? { kind: 'ok', value: response } : failureOf(response);
  });

/** Signs in with a token. The daemon keeps the token; the page keeps the header half of the session. */
export async function signIn(token: string): Promise<ApiResult<unknown>> {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  return kept(await request<Session>('/api/session', { method: 'POST', headers, body: '{}' }, TIMEOUT_MS));
}

/** Ends the session of the page. */
export async function signOut(): Promise<ApiResult<unknown>> {
  const result = await send('DELETE', '/api/session');
  claiming = undefined;
  storage()?.removeItem(HALF);
  return result;
}

interface Session {
  readonly page: string;
}

/** Repeats a refused request once, if the daemon gives the page the half of a session that its address has just opened. */
async function inSession<T>(run: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
  const result = await run();
  if (result.kind !== 'refused') return result;
  claiming ??= claim();
  return (await claiming) ? run() : result;
}

/** One claim per page load: only the first can succeed. */
let claiming: Promise<boolean> | undefined;

async function claim(): Promise<boolean> {
  const init = { method: 'POST', headers: JSON_TYPE, body: '{}' };
  return kept(await request<Session>('/api/session', init, TIMEOUT_MS)).kind === 'ok';
}

function kept(result: ApiResult<Session>): ApiResult<unknown> {
  if (result.kind === 'ok') storage()?.setItem(HALF, result.value.page);
  return result;
}

/** Undefined in a browser that refuses storage. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** Returns the result with a part of its value. */
export const part = <T, Part>(result: ApiResult<T>, of: (value: T) => Part): ApiResult<Part> =>
  result.kind === 'ok' ? { kind: 'ok', value: of(result.value) } : result;

async function request<T>(path: string, init: PageRequest, timeoutMs: number): Promise<ApiResult<T>> {
  const response = await respond(path, init, timeoutMs);
  if (!(response instanceof Response)) return response;
  if (!response.ok) return failureOf(response);
  try {
    return { kind: 'ok', value: (await response.json()) as T };
  } catch (error) {
    return lost(error);
  }
}

/** Returns the response, `refused` for a 401, or a failure if no response came. */
async function respond(
  path: string,
  { signal, ...init }: PageRequest,
  timeoutMs: number | undefined,
): Promise<Response | { readonly kind: 'refused' } | RequestFailure> {
  const signals = [
    ...(signal === undefined ? [] : [signal]),
    ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]),
  ];
  try {
    // A page of another origin cannot send the header without a CORS preflight. Without a session its value is not used.
    const headers = { [HALF]: storage()?.getItem(HALF) ?? '1', ...init.headers };
    const response = await fetch(addressOf(path), {
      ...init,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.any(signals),
    });
    return response.status === 401 ? { kind: 'refused' } : response;
  } catch (error) {
    return lost(error);
  }
}

const lost = (error: unknown): RequestFailure => ({
  kind: 'failed',
  reason: error instanceof Error ? error.message : 'no response',
  isLost: true,
});

async function toText(response: Response): Promise<ApiResult<string>> {
  return response.ok ? { kind: 'ok', value: await response.text() } : failureOf(response);
}

async function failureOf(response: Response): Promise<RequestFailure> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  const { error, hint, code } = Object(body) as { error?: unknown; hint?: unknown; code?: unknown };
  return {
    kind: 'failed',
    status,
    reason: typeof error === 'string' ? error : `the daemon replied with status ${String(status)}`,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
  };
}
