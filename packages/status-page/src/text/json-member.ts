import { jsonTokens } from './json-tokens.ts';

/**
 * Returns the text of a member of a JSON object exactly as it was written, or undefined if the object does not have it. The
 * page shows results in this way because `JSON.parse` rounds integers beyond 2^53.
 */
export function findMemberText(json: string, name: string): string | undefined {
  let depth = 0;
  let isKey = true;
  let start: number | undefined;
  let key = '';
  let end = 0;
  for (const { token, index } of jsonTokens(json)) {
    const isMemberEnd = depth === 1 && (token === ',' || token === '}');
    if (start !== undefined && isMemberEnd) return json.slice(start, end);
    if (depth === 1 && isKey && token.startsWith('"')) key = token;
    else if (depth === 1 && !isKey && token !== ':' && start === undefined && isNamed(key, name)) start = index;
    if (depth === 1 && token === ':') isKey = false;
    if (isMemberEnd) isKey = true;
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    end = index + token.length;
  }
  return undefined;
}

const isNamed = (key: string, name: string): boolean => JSON.parse(key) === name;
