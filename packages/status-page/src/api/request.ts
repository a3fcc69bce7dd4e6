/** `refused`: a token is needed. `failed`: the daemon said no, or said nothing; `reason` is for the reader. */
export type ApiResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string };

const TIMEOUT_MS = 8_000;
/** A start waits for the service itself. */
const ACTION_PATIENCE_MS = 60_000;
/** Tells the daemon that this page asks: a page of another origin cannot send it. */
const HEADERS = { 'x-clarity-page': '1' };

export const get = <T>(path: string): Promise<ApiResult<T>> => ask(path, { headers: HEADERS }, TIMEOUT_MS);

export const send = <T>(method: 'POST' | 'DELETE', path: string, body: object = {}): Promise<ApiResult<T>> => {
  const headers = { ...HEADERS, 'content-type': 'application/json' };
  return ask(path, { method, headers, body: JSON.stringify(body) }, ACTION_PATIENCE_MS);
};

/** The same answer about a part of its value. */
export const part = <T, Part>(answer: ApiResult<T>, of: (value: T) => Part): ApiResult<Part> =>
  answer.kind === 'ok' ? { kind: 'ok', value: of(answer.value) } : answer;

async function ask<T>(path: string, init: RequestInit, patienceMs: number): Promise<ApiResult<T>> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal });
    if (response.status === 401) return { kind: 'refused' };
    const body: unknown = await response.json();
    return response.ok ? { kind: 'ok', value: body as T } : { kind: 'failed', reason: reasonOf(body, response.status) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'no answer' };
  }
}

function reasonOf(body: unknown, status: number): string {
  const { error, hint } = Object(body) as { error?: unknown; hint?: unknown };
  const said = [error, hint].filter((text) => typeof text === 'string');
  return said.length > 0 ? said.join(': ') : `the daemon answered ${String(status)}`;
}
