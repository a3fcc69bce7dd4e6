import type { GatewayEntry } from '@clarity-runtime/core/ports';
import type { ConfigEntry } from './config-text.ts';

/** Converts the gateway to an entry of a client. Returns undefined if the client does not support the transport. */
export type EntryShape = (entry: GatewayEntry) => ConfigEntry | undefined;

/** Differences between the clients with JSON configurations. */
export interface ShapeOptions {
  /** Key of the URL. */
  readonly url?: string;
  /** Values of `type` per transport; undefined for clients without this member. */
  readonly types?: { readonly stdio?: string; readonly http: string };
  /** Returns the reference of the client to an environment variable. */
  readonly variable?: (name: string) => string;
  readonly hasHttp?: boolean;
}

/** Returns the shape of a client with a JSON configuration. */
export function jsonShape({ url = 'url', types, variable, hasHttp = true }: ShapeOptions): EntryShape {
  return (entry) => {
    const { tokenVariable: token } = entry;
    const reference = token === undefined ? undefined : variable?.(token);
    if (entry.transport === 'stdio') {
      return {
        ...(types?.stdio === undefined ? {} : { type: types.stdio }),
        command: entry.command,
        args: entry.args,
        ...(token === undefined || reference === undefined ? {} : { env: { [token]: reference } }),
      };
    }
    // Without a reference the token itself would be written to the file.
    if (!hasHttp || (token !== undefined && reference === undefined)) return undefined;
    return {
      ...(types === undefined ? {} : { type: types.http }),
      [url]: entry.url,
      ...(reference === undefined ? {} : { headers: { Authorization: `Bearer ${reference}` } }),
    };
  };
}

/** Shape of Codex. It refers to variables by name and passes only listed variables to a child process. */
export const codexEntryShape: EntryShape = (entry) => {
  const { tokenVariable: token } = entry;
  if (entry.transport === 'stdio') {
    return { command: entry.command, args: entry.args, ...(token === undefined ? {} : { env_vars: [token] }) };
  }
  return { url: entry.url, ...(token === undefined ? {} : { bearer_token_env_var: token }) };
};
