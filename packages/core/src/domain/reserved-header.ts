/** Headers that belong to the transport or to MCP. */
const RESERVED =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|expect|cookie|mcp-.*|proxy-.*)$/i;

/** No credential is sent in a header of this name. */
export const isReservedHeader = (name: string): boolean => RESERVED.test(name);
