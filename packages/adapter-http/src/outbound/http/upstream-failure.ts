import { ClarityError, type RpcError } from '@clarity-runtime/core';
import { toDisplayText, readMessage } from '@clarity-runtime/core/protocol';
import { encodingOf, readBounded } from './bounded-body.ts';
import type { UpstreamResponse } from './upstream-response.ts';

const MAX_BYTES = 64 * 1024;
const SHOWN = 200;

/** Statuses of the request alone: another request may succeed. */
const OF_REQUEST: ReadonlySet<number> = new Set([400, 403, 409, 413, 414, 422, 429, 431]);

/** A response with an error status. The status is evidence of the era; the text is safe to display. */
export class UpstreamFailure extends ClarityError {
  readonly status: number;
  override readonly ofRequest: boolean;
  /** The JSON-RPC error of the body, if it has one. */
  readonly rpc: RpcError | undefined;
  /** The JSON-RPC error has no id, so that the service did not read the request. */
  readonly isUnaddressed: boolean;
  /** The words of the service about the failure; empty without any. */
  readonly text: string;

  /** `at` is the address of the request, which is named if the service says nothing. */
  constructor(status: number, { text, at, rpc, isUnaddressed = false, hint }: FailureParts) {
    const subject = text === '' ? `HTTP ${String(status)} at ${at}` : `HTTP ${String(status)}: ${text}`;
    super(codeOf(status), subject, hint === undefined ? {} : { hint });
    this.status = status;
    this.ofRequest = OF_REQUEST.has(status);
    this.text = text;
    this.rpc = rpc;
    this.isUnaddressed = isUnaddressed;
  }
}

interface FailureParts {
  readonly text: string;
  readonly at: string;
  readonly rpc?: RpcError | undefined;
  readonly isUnaddressed?: boolean;
  readonly hint?: string;
}

/** Returns origin and path of a URL; its query may contain a key. `redact` removes credentials before the text is cut. */
export const shownUrl = ({ origin, pathname }: URL, redact = (text: string): string => text): string =>
  toDisplayText(redact(`${origin}${pathname}`), SHOWN);

/** Reads a response with an error status to a request to `url`. `redact` removes credentials from its text. */
export async function failureOf(
  response: UpstreamResponse,
  url: URL,
  redact: (text: string) => string,
): Promise<UpstreamFailure> {
  const { status } = response;
  const at = shownUrl(url, redact);
  if (status >= 300 && status < 400) {
    response.destroy();
    return redirectFailure(response, url, redact);
  }
  const body = await readText(response);
  const message = readMessage(body, 'server');
  const rpc = message.kind === 'reply' && 'error' in message.reply ? message.reply.error : undefined;
  const text = rpc?.message ?? plainText(response, body);
  const wantsLogin = status === 401 && /\bresource_metadata\s*=/i.test(response.header('www-authenticate') ?? '');
  const isUnaddressed = rpc !== undefined && message.kind === 'reply' && (message.id ?? 'null') === 'null';
  const own = toDisplayText(redact(text), SHOWN);
  if (!wantsLogin) return new UpstreamFailure(status, { text: own, at, rpc, isUnaddressed });
  const words = `it wants a login with OAuth${own === '' ? '' : `: ${own}`}`;
  return new UpstreamFailure(status, { text: words, at, rpc, isUnaddressed, hint: loginHint(at) });
}

/** The challenge of a server with OAuth (RFC 9728 §5.1). */
const loginHint = (at: string): string =>
  `set spec.origin.authRef to a token of the service, or let mcp-remote log in: \`clarityctl add-process <name> -- npx -y mcp-remote ${at}\``;

function redirectFailure(response: UpstreamResponse, url: URL, redact: (text: string) => string): UpstreamFailure {
  const at = shownUrl(url, redact);
  const location = response.header('location');
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const shown = target === undefined ? 'an unknown address' : shownUrl(target, redact);
  const text = `${at} redirects to ${shown}, which is not followed`;
  const hint = target === undefined ? undefined : `if you trust it, set spec.origin.endpoint to ${shown}`;
  return new UpstreamFailure(response.status, { text, at, ...(hint === undefined ? {} : { hint }) });
}

/** Returns a body as text; empty for a page of HTML, which is for people with a browser. */
function plainText(response: UpstreamResponse, body: Uint8Array): string {
  const isPage = /html|xml/i.test(response.header('content-type') ?? '');
  const text = isPage ? '' : Buffer.from(body).toString('utf8').trim();
  return text.startsWith('<') || text.startsWith('\ufeff<') ? '' : text;
}

/** Returns the body; empty if it is compressed or larger than 64 KiB. */
async function readText(response: UpstreamResponse): Promise<Uint8Array> {
  if (encodingOf(response) === undefined) return readBounded(response, MAX_BYTES).catch(() => Buffer.alloc(0));
  response.destroy();
  return Buffer.alloc(0);
}

/** The status says nothing about the era of the server. */
export const isNoEvidence = (status: number): boolean => !isReplyStatus(status);

function codeOf(status: number): 'UPSTREAM_UNAUTHORIZED' | 'UPSTREAM_FAILED' | 'UPSTREAM_PROTOCOL' {
  if (status === 401 || status === 403 || status === 407) return 'UPSTREAM_UNAUTHORIZED';
  return status >= 500 || status === 408 || status === 429 ? 'UPSTREAM_FAILED' : 'UPSTREAM_PROTOCOL';
}

/** A JSON-RPC error with this status is the response to the request. */
export const isReplyStatus = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 407, 408, 429].includes(status);
