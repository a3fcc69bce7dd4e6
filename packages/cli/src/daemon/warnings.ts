import { allowedInstallers } from '@clarity-runtime/core';
import type { DaemonSettings } from '../settings/daemon-settings.ts';

const SHORTEST_TOKEN = 16;

/** What the operator should know although the daemon starts. */
export function startWarnings(settings: DaemonSettings): readonly string[] {
  const { authToken, mcpProvisioning, mcpCommands, compilerInstall, remoteDenyPrivate, tlsChecked } = settings;
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
  const gates = [
    [mcpProvisioning, 'leaves the gate shut: it opens with 1, true or yes'],
    [mcpCommands, 'leaves the gate shut: it opens with 1, true or yes'],
    [compilerInstall, 'leaves the gate shut: it opens with 1, true or yes'],
    [remoteDenyPrivate, 'refuses nothing: it refuses private networks with 1, true or yes'],
  ] as const;
  for (const [{ name = '', value }, meaning] of gates) {
    if (value.odd !== undefined) warnings.push(`${name}='${value.odd}' ${meaning}`);
  }
  if (!tlsChecked.value) {
    warnings.push(
      `${tlsChecked.name ?? ''}=0 is set: certificates of remote services are checked all the same, but unset it, for other programs obey it`,
    );
  }
  const { value: named, name: allowlist } = settings.compilerInstallAllowlist;
  const allowed = allowedInstallers(named);
  for (const program of named.filter((item) => !allowed.includes(item))) {
    warnings.push(
      `${allowlist ?? ''} names '${program}', which would allow everything or is no plain name: it is ignored`,
    );
  }
  if (settings.compilerInstall.value.open && allowed.length === 0) {
    warnings.push('CLARITY_ENABLE_COMPILER_INSTALL has no effect: CLARITY_COMPILER_INSTALL_ALLOWLIST names no program');
  }
  return warnings;
}
