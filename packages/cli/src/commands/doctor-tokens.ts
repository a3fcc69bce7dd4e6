import type { CommandContext } from '../command-support/command-context.ts';
import { shownTime } from '../terminal/local-time.ts';
import { FoundProblems } from './doctor-findings.ts';
import { endingTokens } from './token.ts';

/** Reports access tokens that end soon, and those without an end. @throws FoundProblems */
export async function accessTokensDetail({ api }: CommandContext): Promise<string> {
  const items = await api.tokens().then(
    (reply) => reply.items,
    () => undefined,
  );
  if (items === undefined) return 'not checked: the daemon does not list them';
  const active = items.filter(({ state }) => state === 'active');
  const ending = endingTokens(active).map(({ name, expiresAt = '' }) => ({
    text: `token ${name} expires at ${shownTime(expiresAt)}`,
    fix: `\`clarityctl token rotate ${name}\``,
  }));
  const endless = active
    .filter(({ expiresAt }) => expiresAt === undefined)
    .map(({ name }) => ({
      text: `token ${name} does not expire`,
      fix: `\`clarityctl token revoke ${name}\`, and create one with an end`,
    }));
  if (ending.length + endless.length > 0) throw new FoundProblems([...ending, ...endless]);
  return active.length === 0 ? 'none' : `${String(active.length)} active`;
}
