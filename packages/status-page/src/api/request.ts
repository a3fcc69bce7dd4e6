/** `refused`: the daemon requires a token. `failed`: an error reply or no reply; the page shows `reason`. */
export type ApiResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string };

interface PageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const TIMEOUT_MS = 8_000;
/** Longer than the other timeout, because the reply to a start waits for the service. */
const ACTION_TIMEOUT_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

export const get = <T>(path: string): Promise<ApiResult<T>> => inSession(() => request(path, {}, TIMEOUT_MS));

export const send = <T>(method: 'POST' | 'DELETE', path: string, body: object = {}): Promise<ApiResult<T>> =>
  inSession(() => request(path, { method, headers: JSON_TYPE, body: JSON.stringify(body) }, ACTION_TIMEOUT_MS));

/** Signs in with a token. The daemon keeps the token; the page keeps the header half of the session. */
export async function signIn(token: string): Promise<ApiResult<unknown>> {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  return kept(await request<Session>('/api/session', { method: 'POST', headers, body: '{}' }, TIMEOUT_MS));
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
  const claimed = await request<Session>(
    '/api/session',
    { method: 'POST', headers: JSON_TYPE, body: '{}' },
    TIMEOUT_MS,
  );
  return kept(claimed).kind === 'ok';
}

function kept(result: ApiResult<Session>): ApiResult<unknown> {
  if (result.kind === 'ok') sessionStorage.setItem(HALF, result.value.page);
  return result;
}

const HALF = 'x-clarity-page';

/** Undefined also in a browser that refuses storage. */
function sessionHalf(): string | undefined {
  try {
    return sessionStorage.getItem(HALF) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Returns the result with a part of its value. */
export const part = <T, Part>(result: ApiResult<T>, of: (value: T) => Part): ApiResult<Part> =>
  result.kind === 'ok' ? { kind: 'ok', value: of(result.value) } : result;

async function request<T>(path: string, init: PageRequest, timeoutMs: number): Promise<ApiResult<T>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    // A page of another origin cannot send the header without a CORS preflight. Without a session its value is not used.
    const headers = { [HALF]: sessionHalf() ?? '1', ...init.headers };
    const response = await fetch(path, { ...init, headers, credentials: 'same-origin', signal });
    if (response.status === 401) return { kind: 'refused' };
    const body: unknown = await response.json();
    return response.ok ? { kind: 'ok', value: body as T } : { kind: 'failed', reason: reasonOf(body, response.status) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'no response' };
  }
}

function reasonOf(body: unknown, status: number): string {
  const { error, hint } = Object(body) as { error?: unknown; hint?: unknown };
  const texts = [error, hint].filter((text) => typeof text === 'string');
  return texts.length > 0 ? texts.join(': ') : `the daemon answered ${String(status)}`;
}
