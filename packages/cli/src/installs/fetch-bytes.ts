import { CliError, usageError } from '../support/cli-error.ts';
import { isLoopback } from '../api/loopback.ts';
import { codeOf, rootMessageOf } from '../support/error-text.ts';

const TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 3;

/** Options of `fetchBytes`. */
export interface FetchOptions {
  readonly maxBytes: number;
  readonly accept: string;
}

/** A response with a body of at most the allowed size. */
export interface FetchedBytes {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/**
 * Downloads from an https URL, or from a loopback address. Follows at most 3 redirects of the same kind.
 * @throws CliError when the address is of another kind, the answer is too large, or the server does not answer in 60 s.
 */
export async function fetchBytes(url: URL, { maxBytes, accept }: FetchOptions): Promise<FetchedBytes> {
  let target = url;
  for (let count = 0; ; count += 1) {
    if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isLoopback(target))) {
      throw usageError(`${target.origin} is not an https address`);
    }
    const response = await attempt(target, accept);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null && URL.canParse(location, target.href)) {
      await response.body?.cancel();
      if (count >= MAX_REDIRECTS) throw new CliError(`${url.host} redirects more than ${String(MAX_REDIRECTS)} times`);
      target = new URL(location, target);
      continue;
    }
    return { status: response.status, bytes: await bodyOf(response, maxBytes, target) };
  }
}

async function attempt(url: URL, accept: string): Promise<Response> {
  try {
    return await fetch(url, { redirect: 'manual', headers: { accept }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new CliError(`${url.host} does not answer: ${codeOf(error) ?? rootMessageOf(error)}`, { cause: error });
  }
}

async function bodyOf(response: Response, maxBytes: number, url: URL): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body = (response.body ?? []) as unknown as AsyncIterable<Uint8Array>;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new CliError(`the answer of ${url.host} is larger than ${String(maxBytes)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
