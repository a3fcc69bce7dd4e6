const MODERN = '2026-07-28';
const META = 'io.modelcontextprotocol/';

/**
 * Returns the `curl` command of a tool call in MCP revision 2026-07-28, which needs no session. The token is the variable of
 * the shell, never its value.
 */
export function curlCommand(
  endpoint: string,
  params: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> },
  hasToken: boolean,
): string {
  const meta = { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {} };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta: meta } };
  const headers = [
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${MODERN}`,
    'Mcp-Method: tools/call',
    `Mcp-Name: ${params.name}`,
  ].map((header) => `-H ${quoted(header)}`);
  const token = hasToken ? ['-H "Authorization: Bearer $CLARITYD_AUTH_TOKEN"'] : [];
  return ['curl -sS', quoted(endpoint), ...headers, ...token, `--data-raw ${quoted(JSON.stringify(body))}`].join(
    ' \\\n  ',
  );
}

/** Returns a word in single quotes, in which a shell expands nothing. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
