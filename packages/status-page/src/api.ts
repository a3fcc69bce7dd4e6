export interface ServiceSummary {
  readonly serviceId: string;
  readonly namespace: string;
  readonly displayName?: string;
  readonly sourceFile: string;
  readonly originType: string;
  readonly lifecycle: string;
  readonly health: string;
  readonly uptimeSeconds: number;
  readonly lastError?: string;
  readonly interface: { readonly interfaceRevision: string; readonly tools: number } | null;
}

export interface RuntimeStatus {
  readonly runtime: { readonly version: string; readonly pid: number; readonly uptimeSeconds: number };
  readonly summary: {
    readonly total: number;
    readonly running: number;
    readonly degraded: number;
    readonly quarantined: number;
  };
  readonly services: readonly ServiceSummary[];
}

export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
}

/** `refused`: a token is needed. `failed`: the daemon said no, or said nothing; `reason` is for the reader. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly reason: string };

const PATIENCE_MS = 8_000;
/** Tells the daemon that this page asks: a page of another origin cannot send it. */
const HEADERS = { 'x-clarity-page': '1' };

export const fetchStatus = (): Promise<Answer<RuntimeStatus>> => get('/api/status');

export async function fetchTools(serviceId: string): Promise<Answer<readonly Tool[]>> {
  const path = `/api/services/${encodeURIComponent(serviceId)}/interface`;
  const answer = await get<{ readonly tools: readonly Tool[] }>(path);
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.tools } : answer;
}

async function get<T>(path: string): Promise<Answer<T>> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(path, { headers: HEADERS, credentials: 'same-origin', signal });
    if (response.status === 401) return { kind: 'refused' };
    const body: unknown = await response.json();
    return response.ok ? { kind: 'ok', value: body as T } : { kind: 'failed', reason: reasonOf(body, response.status) };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : 'no answer' };
  }
}

function reasonOf(body: unknown, status: number): string {
  const { error, hint } = Object(body) as { error?: unknown; hint?: unknown };
  const said = [error, hint].filter((part) => typeof part === 'string');
  return said.length > 0 ? said.join(': ') : `the daemon answered ${String(status)}`;
}
