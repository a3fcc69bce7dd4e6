import type { DaemonSettings } from '../settings/daemon-settings.ts';

const SHORTEST_TOKEN = 16;

/** What the operator should know although the daemon starts. */
export function startWarnings({ authToken, mcpProvisioning }: DaemonSettings): readonly string[] {
  const warnings: string[] = [];
  const { value: token, source, name } = authToken;
  if (token === undefined) {
    warnings.push(
      'without a token every user of this machine can use the daemon: set CLARITYD_AUTH_TOKEN to ask for one',
    );
  } else if (token.length < SHORTEST_TOKEN) {
    warnings.push(
      `the token of ${name ?? ''} is short and can be guessed: use at least ${String(SHORTEST_TOKEN)} characters`,
    );
  }
  if (source === 'flag') warnings.push('others can read --auth-token in `ps`: set CLARITYD_AUTH_TOKEN instead');
  const { odd } = mcpProvisioning.value;
  if (odd !== undefined) {
    warnings.push(`${mcpProvisioning.name ?? ''}='${odd}' leaves the gate shut: it opens with 1, true or yes`);
  }
  return warnings;
}
