import { rewireFile, type OpenImport, type RewireTarget } from '@clarity-runtime/adapter-store-fs';
import type { ImportPlanRow } from '@clarity-runtime/core/internal';
import type { GatewayEntry } from '@clarity-runtime/core/ports';
import { messageOf } from '../support/error-text.ts';

/** A file of a client after `--rewire`. */
export interface RewireOutcome {
  readonly client: string;
  readonly path: string;
  readonly names: readonly string[];
  /** Reason why the file is unchanged. */
  readonly problem?: string;
}

/** Returns the entries of rows by file and container. */
export function rewireTargets(rows: readonly ImportPlanRow[]): readonly RewireTarget[] {
  const targets = new Map<string, RewireTarget & { names: string[] }>();
  for (const { client, scope, path, container, name } of rows.flatMap(({ places }) => places)) {
    if (client === 'file') continue;
    const key = JSON.stringify([path, container]);
    const target = targets.get(key);
    if (target === undefined) targets.set(key, { client, scope, path, container, names: [name] });
    else target.names.push(name);
  }
  return [...targets.values()];
}

/** Replaces the entries of running services by the gateway, file by file. A file that fails stays unchanged. */
export async function rewireClients(
  rows: readonly ImportPlanRow[],
  gatewayOf: (client: string) => GatewayEntry | undefined,
  journal: OpenImport,
): Promise<readonly RewireOutcome[]> {
  const outcomes: RewireOutcome[] = [];
  for (const target of rewireTargets(rows)) {
    const { client, path, names } = target;
    const gateway = gatewayOf(client);
    if (gateway === undefined) continue;
    try {
      const file = await rewireFile(target, gateway, (changed, original) => journal.keepOriginal(changed, original));
      await journal.rewired(file);
      outcomes.push({ client, path, names });
    } catch (error) {
      outcomes.push({ client, path, names, problem: messageOf(error) });
    }
  }
  return outcomes;
}
