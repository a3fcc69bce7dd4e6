/** `refused`: the daemon requires a token. `failed`: an error reply or no reply; the page shows `reason`. */
export type ApiResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string };

const TIMEOUT_MS = 8_000;
/** Longer than the other timeout, because the reply to a start waits for the service. */
const ACTION_TIMEOUT_MS = 60_000;
/** Marks requests of this page. A page of another origin cannot send the header without a CORS preflight. */
const HEADERS = { 'x-clarity-page': '1' };

export const get = <T>(path: string): Promise<ApiResult<T>> => request(path, { headers: HEADERS }, TIMEOUT_MS);

export const send = <T>(method: 'POST' | 'DELETE', path: string, body: object = {}): Promise<ApiResult<T>> => {
  const headers = { ...HEADERS, 'content-type': 'application/json' };
  return request(path, { method, headers, body: JSON.stringify(body) }, ACTION_TIMEOUT_MS);
};

/** Returns the result with a part of its value. */
export const part = <T, Part>(result: ApiResult<T>, of: (value: T) => Part): ApiResult<Part> =>
  result.kind === 'ok' ? { kind: 'ok', value: of(result.value) } : result;

async function request<T>(path: string, init: RequestInit, timeoutMs: number): Promise<ApiResult<T>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal });
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
