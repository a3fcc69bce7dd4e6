import type { GatewayEntry } from '@clarity-runtime/core/ports';
import type { ConfigEntry } from './config-text.ts';

/** Converts the gateway to an entry of a client. Returns undefined if the client does not support the transport. */
export type EntryShape = (entry: GatewayEntry) => ConfigEntry | undefined;

/** Differences between the clients with configurations of maps. */
export interface ShapeOptions {
  /** Key of the URL. */
  readonly url?: string;
  /** Key of the program, if it is not `command`. */
  readonly program?: string;
  /** `command` is a list of the program and its arguments. */
  readonly isCommandList?: boolean;
  /** Key of the variables, if it is not `env`. */
  readonly variables?: string;
  /** Values of `type` per transport; undefined for clients without this member. */
  readonly types?: { readonly stdio?: string; readonly http?: string };
  /** Further members of every entry. */
  readonly more?: ConfigEntry;
  /** Returns the reference of the client to an environment variable. */
  readonly variable?: (name: string) => string;
  readonly hasHttp?: boolean;
}

/** Returns the shape of a client with a JSON or YAML configuration. */
export function jsonShape(options: ShapeOptions): EntryShape {
  const { url = 'url', program = 'command', isCommandList = false, variables = 'env', types = {} } = options;
  const { more = {}, variable, hasHttp = true } = options;
  return (entry) => {
    const { tokenVariable: token } = entry;
    const reference = token === undefined ? undefined : variable?.(token);
    if (entry.transport === 'stdio') {
      const started = { [program]: entry.command, args: entry.args };
      return {
        ...(types.stdio === undefined ? {} : { type: types.stdio }),
        ...more,
        ...(isCommandList ? { command: [entry.command, ...entry.args] } : started),
        ...(token === undefined || reference === undefined ? {} : { [variables]: { [token]: reference } }),
      };
    }
    // Without a reference the token itself would be written to the file.
    if (!hasHttp || (token !== undefined && reference === undefined)) return undefined;
    return {
      ...(types.http === undefined ? {} : { type: types.http }),
      ...more,
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
