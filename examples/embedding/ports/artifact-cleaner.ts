import type { ArtifactCleaner } from '@clarity-runtime/core/ports';

/** Keeps the artifacts of removed services and reports each, for an application that archives builds itself. */
export const keepArtifacts = (archived: (serviceId: string) => void): ArtifactCleaner => ({
  cleanUp: ({ serviceId }) => {
    archived(serviceId);
    return Promise.resolve({ removed: [], left: [] });
  },
});
