import type { Caller, Grant } from './caller.ts';
import { ClarityError } from './errors/clarity-error.ts';

const mends: Readonly<Record<Grant, string>> = {
  read: 'use a caller that may read',
  call: 'use a caller that may call tools',
  operate: 'use a caller that may operate services, clarityctl for one',
  provision: 'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
  secrets: 'use clarityctl auth, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
};

/** The one place where a grant is asked for. */
export function requireGrant(caller: Caller, grant: Grant): void {
  if (!caller.grants.has(grant)) {
    throw new ClarityError('GRANT_REQUIRED', `it needs '${grant}'`, { hint: mends[grant] });
  }
}
