import { cli } from './requirements/cli.ts';
import { firstHour } from './requirements/first-hour.ts';
import { gateway } from './requirements/gateway.ts';
import { policy } from './requirements/policy.ts';
import { repository } from './requirements/repository.ts';
import type { Requirement } from './requirements/requirement.ts';
import { start } from './requirements/start.ts';

/** Every promise of the product. `pending.ts` lists the ids without a test. */
export const requirements: readonly Requirement[] = [
  ...start,
  ...cli,
  ...gateway,
  ...policy,
  ...repository,
  ...firstHour,
];
