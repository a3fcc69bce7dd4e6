import { describe, expect, test } from '@jest/globals';
import {
  MemoryArtifactStore,
  MemorySecretStore,
  MemoryLeases,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import {
  artifactStoreContract,
  secretStoreContract,
  leasesContract,
  serviceRegistryContract,
  telemetryContract,
  withFaults,
  withTelemetryFaults,
} from '@clarity-runtime/core/testing';

const kit = { describe, test, expect };

serviceRegistryContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryServiceRegistry()) }),
);
serviceRegistryContract(kit, 'memory, with late answers', () =>
  Promise.resolve({ open: () => Promise.resolve(withFaults(new MemoryServiceRegistry(), () => 'delay')) }),
);
artifactStoreContract(kit, 'memory', () => Promise.resolve(new MemoryArtifactStore()));
telemetryContract(kit, 'memory', () => Promise.resolve({ open: () => Promise.resolve(new MemoryTelemetry()) }));
telemetryContract(kit, 'memory, with late answers', () =>
  Promise.resolve({ open: () => Promise.resolve(withTelemetryFaults(new MemoryTelemetry(), () => 'delay')) }),
);
leasesContract(kit, 'memory', () =>
  Promise.resolve({ open: () => Promise.resolve(new MemoryLeases()), durable: false }),
);
secretStoreContract(kit, 'memory', () => Promise.resolve(new MemorySecretStore()));
