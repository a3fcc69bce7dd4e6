import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { moment } from './format.ts';

/** The meaning of a state and the next step. */
export interface Meaning {
  readonly means: string;
  readonly next: string;
}

/** Returns the meaning of a state, or undefined for a service without a problem. */
export function healthText({ lifecycle, health, retryAt, lastError }: ServiceSummary): Meaning | undefined {
  const again = retryAt === undefined ? undefined : `The next restart is at ${moment(retryAt)}.`;
  switch (lifecycle) {
    case 'QUARANTINED':
      return {
        means: 'It failed too often, so restarts are off. Clients do not see its tools.',
        next: 'Fix the cause, lift the quarantine, then start it.',
      };
    case 'CRASHED':
      return {
        means: 'It exited unexpectedly. Clients do not see its tools.',
        next: again ?? 'Read its log, then start it.',
      };
    case 'STOPPED':
    case 'REGISTERED': {
      const when = lastError === undefined ? 'Start it to use them.' : 'Fix the cause, then start it.';
      return { means: 'Clients do not see its tools.', next: again ?? when };
    }
    case 'RUNNING':
      return meaningOfHealth(health);
    default:
      return undefined;
  }
}

function meaningOfHealth(health: string): Meaning | undefined {
  switch (health) {
    case 'UNAUTHORIZED':
      return {
        means: 'The service refuses the credential.',
        next: 'Store a valid credential, then restart the service.',
      };
    case 'TIMEOUT':
    case 'UNREACHABLE':
      return { means: 'The service does not answer.', next: 'Check that it runs; the daemon checks it periodically.' };
    case 'DEGRADED':
      return { means: 'The last request failed.', next: 'Read its log; a restart may help.' };
    default:
      return undefined;
  }
}
