import type { ImportRecord } from '@clarity-runtime/adapter-store-fs';
import type { ImportPlanReply, ImportResultReply } from '@clarity-runtime/api-contract';
import type { ReadPlan } from './read-plan.ts';
import type { ImportOutcome } from './run-import.ts';

/** Returns servers and files of a plan as JSON, without any value of a secret. */
export const planView = ({ rows, files }: ReadPlan): Pick<ImportPlanReply, 'servers' | 'files'> => ({
  servers: rows.map((row) => ({
    action: row.state,
    name: row.name,
    from: row.places.map(({ client, scope, path, name }) => ({ client, scope, path, name })),
    enabled: row.isEnabled && row.needs.length === 0,
    starts: row.shown,
    secrets: [...row.secrets],
    needs: row.needs.map(({ name, description, isSecret, fallback }) => ({
      name,
      secret: isSecret,
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined || isSecret ? {} : { fallback }),
    })),
    login: row.needsLogin,
    notes: [...row.notes],
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.serviceId === undefined ? {} : { serviceId: row.serviceId }),
  })),
  files: files.map(({ client, scope, path, serverCount, problem }) => ({
    client,
    scope,
    path,
    servers: serverCount,
    ...(problem === undefined ? {} : { problem }),
  })),
});

/** Returns an outcome as JSON. */
export const outcomeView = ({
  name,
  ok,
  serviceId,
  state,
  error,
  hint,
}: ImportOutcome): ImportResultReply['results'][number] => ({
  name,
  ok,
  ...(serviceId === undefined ? {} : { serviceId }),
  ...(state === undefined ? {} : { state }),
  ...(error === undefined ? {} : { error }),
  ...(hint === undefined ? {} : { hint }),
});

/** Returns the record of an import as JSON. */
export const recordView = ({
  id,
  at,
  isComplete,
  services,
  files,
}: ImportRecord): ImportPlanReply['imports'][number] => ({
  ...{ id, at, complete: isComplete },
  services: services.map(({ namespace }) => namespace),
  files: files.map(({ path }) => path),
});
