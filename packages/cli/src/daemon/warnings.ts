import { allowedInstallers } from '@clarity-runtime/core/internal';
import { isLoopback } from '../api/loopback.ts';
import type { DaemonSettings } from '../settings/daemon-settings.ts';

const SHORTEST_TOKEN = 16;

/**
 * Returns warnings about settings that do not prevent the start. `exposed` names the variables and the flag that show the
 * token to other processes.
 */
export function startWarnings(settings: DaemonSettings, exposed: readonly string[] = []): readonly string[] {
  const { authToken, mcpProvisioning, mcpCommands, compilerInstall, remoteDenyPrivate, tlsChecked, trustWorkspace } =
    settings;
  const warnings: string[] = [];
  const { value: token, name } = authToken;
  if (token === undefined) {
    warnings.push('every user of this machine can use the daemon: set CLARITYD_AUTH_TOKEN_FILE to require a token');
  } else if (token.length < SHORTEST_TOKEN) {
    warnings.push(`the token of ${name ?? ''} is short: use at least ${String(SHORTEST_TOKEN)} characters`);
  }
  for (const place of exposed) {
    const readers = place.startsWith('-') ? 'other users can read --auth-token in `ps`' : `services can read ${place}`;
    warnings.push(`${readers}: use --auth-token-file (CLARITYD_AUTH_TOKEN_FILE), or Node 22.15 or newer`);
  }
  if (sendsClearText(settings)) {
    warnings.push(
      `clients of --host ${settings.host.value} send the token without encryption: put a proxy with TLS before it, and set --public-url https://<name>`,
    );
  }
  const gates = [
    [mcpProvisioning, 'has no effect: use 1, true or yes to enable it'],
    [trustWorkspace, 'has no effect: use 1, true or yes to enable it'],
    [mcpCommands, 'has no effect: use 1, true or yes to enable it'],
    [compilerInstall, 'has no effect: use 1, true or yes to enable it'],
    [remoteDenyPrivate, 'has no effect: use 1, true or yes to reject private networks'],
  ] as const;
  for (const [{ name = '', value }, meaning] of gates) {
    if (value.odd !== undefined) warnings.push(`${name}='${value.odd}' ${meaning}`);
  }
  if (!tlsChecked.value) {
    warnings.push(
      `${tlsChecked.name ?? ''}=0 is ignored: certificates of upstreams are always verified; unset it, because other programs obey it`,
    );
  }
  const { value: named, name: allowlist } = settings.compilerInstallAllowlist;
  const allowed = allowedInstallers(named);
  for (const program of named.filter((item) => !allowed.includes(item))) {
    warnings.push(
      `${allowlist ?? ''} names '${program}', which is ignored: it is a shell, an interpreter or not a plain name`,
    );
  }
  if (settings.compilerInstall.value.open && allowed.length === 0) {
    warnings.push('CLARITY_ENABLE_COMPILER_INSTALL has no effect: CLARITY_COMPILER_INSTALL_ALLOWLIST is empty');
  }
  return warnings;
}

/** The daemon listens for other machines and nothing says that they connect over TLS. */
const sendsClearText = ({ host: { value: host }, publicUrl }: DaemonSettings): boolean =>
  !isLoopback({ hostname: host }) && publicUrl.value?.protocol !== 'https:';
