import type { Capabilities } from '../domain/mcp/mcp.ts';

const LISTS = ['tools', 'resources', 'prompts'] as const;

/** The lists whose changes the service announces. */
export const announcedLists = (capabilities: Capabilities): readonly (typeof LISTS)[number][] =>
  LISTS.filter((list) => (capabilities[list] as { listChanged?: unknown } | null | undefined)?.listChanged === true);

/** What a modern `subscriptions/listen` asks for to hear of those changes; `undefined` when there are none to hear of. */
export function listenFilter(capabilities: Capabilities): Readonly<Record<string, true>> | undefined {
  const lists = announcedLists(capabilities);
  if (lists.length === 0) return undefined;
  return Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true as const]));
}
