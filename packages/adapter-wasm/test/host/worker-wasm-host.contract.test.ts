import { describe, expect, test } from '@jest/globals';
import { wasmHostContract } from '@clarity-runtime/core/testing';
import { testHost } from '../support/host.ts';
import { hostPrograms } from '../support/host-programs.ts';

const kit = { describe, test, expect };

wasmHostContract(kit, 'threads', () => Promise.resolve({ host: testHost({ loadMs: 500 }), ...hostPrograms }));
wasmHostContract(kit, 'one shared thread', () =>
  Promise.resolve({ host: testHost({ loadMs: 500, sharedWorkers: 1 }), ...hostPrograms }),
);
