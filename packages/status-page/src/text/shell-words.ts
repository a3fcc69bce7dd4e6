const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes a text as one word of a POSIX shell (POSIX.1-2017, Shell Command Language, 2.2.2). */
export const quoteWord = (text: string): string => (PLAIN.test(text) ? text : quoteAlways(text));

/** Quotes a text in single quotes, also if it needs none. */
export const quoteAlways = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export interface CallCommand {
  /** Origin of the daemon, such as `http://127.0.0.1:4707`. */
  readonly origin: string;
  readonly cli: string;
  readonly serviceId: string;
  readonly namespace: string;
  readonly tool: string;
  /** Arguments as JSON text. */
  readonly args: string;
  /** The daemon requires a token. */
  readonly hasToken: boolean;
}

/** Returns the call as a `curl` command over the API of the daemon. A token is named by its variable, never contained. */
export function toCurl({ origin, serviceId, tool, args, hasToken }: CallCommand): string {
  const body = `{"service":${JSON.stringify(serviceId)},"tool":${JSON.stringify(tool)},"arguments":${args}}`;
  const token = hasToken ? ` \\\n  -H "authorization: Bearer $CLARITYD_AUTH_TOKEN"` : '';
  return `curl -sS ${quoteWord(`${origin}/api/tools/call`)}${token} \\\n  -H 'content-type: application/json' \\\n  -d ${quoteAlways(body)}`;
}

/** Returns the call as a `clarityctl` command. */
export const toCtl = ({ cli, namespace, tool, args }: CallCommand): string =>
  `${cli} call ${quoteWord(`${namespace}/${tool}`)} --args ${quoteAlways(args)}`;
