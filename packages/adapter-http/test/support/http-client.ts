import type { Daemon } from './daemon.ts';

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Record<string, unknown>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body, sent as JSON. */
  readonly json?: unknown;
}

/** Sends one valid request; throws unless the response is JSON. */
export async function ask(
  { url }: Daemon,
  path: string,
  { method = 'GET', headers = {}, json }: Asked = {},
): Promise<Answer> {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url + path, { method, headers: { ...type, ...headers }, redirect: 'manual', ...body });
  const received = new Map<string, string>();
  answer.headers.forEach((value, name) => received.set(name, value));
  return { status: answer.status, headers: received, body: (await answer.json()) as Record<string, unknown> };
}

export const post = (daemon: Daemon, path: string, json?: unknown): Promise<Answer> =>
  ask(daemon, path, { method: 'POST', json });
