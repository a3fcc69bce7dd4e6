import type { GatewayEntry } from '@clarity-runtime/core/ports';
import type { ConfigEntry } from './config-text.ts';

/** How a client writes the gateway down; undefined where it cannot. */
export type EntryShape = (entry: GatewayEntry) => ConfigEntry | undefined;

export interface ShapeOptions {
  /** Key of the URL. */
  readonly url?: string;
  /** Values of `type`, for clients that tell the transports apart by it. */
  readonly types?: { readonly stdio?: string; readonly http: string };
  /** How the client writes the value of a variable of its environment. */
  readonly variable?: (name: string) => string;
  readonly hasHttp?: boolean;
}

/** The shape that all clients with JSON share. */
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
    // A token that cannot be referenced would have to be written out.
    if (!hasHttp || (token !== undefined && reference === undefined)) return undefined;
    return {
      ...(types === undefined ? {} : { type: types.http }),
      [url]: entry.url,
      ...(reference === undefined ? {} : { headers: { Authorization: `Bearer ${reference}` } }),
    };
  };
}

/** Codex names variables, and passes on to a child only those that are listed. */
export const codexShape: EntryShape = (entry) => {
  const { tokenVariable: token } = entry;
  if (entry.transport === 'stdio') {
    return { command: entry.command, args: entry.args, ...(token === undefined ? {} : { env_vars: [token] }) };
  }
  return { url: entry.url, ...(token === undefined ? {} : { bearer_token_env_var: token }) };
};
