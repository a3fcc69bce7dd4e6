import { cli } from './requirements/cli.ts';
import { gateway } from './requirements/gateway.ts';
import { policy } from './requirements/policy.ts';
import { repository } from './requirements/repository.ts';
import type { Requirement } from './requirements/requirement.ts';
import { start } from './requirements/start.ts';

/** Every promise of the product's brief. What no test cites yet stands in `pending.ts`. */
export const requirements: readonly Requirement[] = [...start, ...cli, ...gateway, ...policy, ...repository];
