import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { moment } from './format.ts';

/** What a state means for the reader, and what helps. */
export interface Meaning {
  readonly means: string;
  readonly next: string;
}

/** Undefined for a service that is as it should be. */
export function healthText({ lifecycle, health, retryAt, lastError }: ServiceSummary): Meaning | undefined {
  const again = retryAt === undefined ? undefined : `It is started again at ${moment(retryAt)}.`;
  switch (lifecycle) {
    case 'QUARANTINED':
      return {
        means: 'It failed too often and is not started any more. Clients do not see its tools.',
        next: 'Mend the cause, lift the quarantine, then start it.',
      };
    case 'CRASHED':
      return {
        means: 'It ended by itself. Clients do not see its tools.',
        next: again ?? 'Read its log, then start it.',
      };
    case 'STOPPED':
    case 'REGISTERED': {
      const when = lastError === undefined ? 'Start it when they are needed.' : 'Mend the cause, then start it.';
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
      return { means: 'The service refuses the credential.', next: 'Store the right one, then restart the service.' };
    case 'TIMEOUT':
    case 'UNREACHABLE':
      return { means: 'The service does not answer.', next: 'See whether it is up; it is asked again all the time.' };
    case 'DEGRADED':
      return { means: 'Something went wrong when it was asked last.', next: 'Read its log; a restart may help.' };
    default:
      return undefined;
  }
}
