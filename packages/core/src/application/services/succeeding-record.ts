import { restoreOwnValues } from '../../domain/services/shown-manifest.ts';
import type { OriginKinds } from '../../domain/services/origin-kinds.ts';
import type { Service, ServiceRecord } from '../../domain/services/service.ts';

const MAX_PREVIOUS_IDS = 8;

/** Stored services that a new record changes or replaces. */
export interface Predecessors {
  /** The record with the same id. */
  readonly before: Service | undefined;
  /** Records with other ids that the new one replaces, `former` included. */
  readonly replaced: readonly Service[];
  /** The service that the caller named, whose name moves to another target. */
  readonly former: Service | undefined;
  /** Position of a service without a predecessor. */
  readonly nextOrdinal: number;
  readonly kinds: OriginKinds;
}

/**
 * Returns the record with the state of its predecessors that belongs to the service and not to its target: position, accepted
 * interface and the values that clients do not see. A quarantine is about the program, so that another target ends it; the
 * era of the handshake and the wish for no notices of cancellations are those of one origin.
 */
export function succeedingRecord(
  record: ServiceRecord,
  { before, replaced, former, nextOrdinal, kinds }: Predecessors,
): ServiceRecord {
  const isMoved = former !== undefined && former.serviceId !== record.serviceId;
  const all = [before, ...replaced];
  const hold = isMoved ? undefined : all.find((service) => service?.hold !== undefined)?.hold;
  const pin = all.find((service) => service?.pin !== undefined)?.pin;
  const known = before ?? replaced[0];
  const ordinal = known === undefined ? nextOrdinal : known.ordinal;
  const isSameOrigin = JSON.stringify(before?.manifest.spec.origin) === JSON.stringify(record.manifest.spec.origin);
  const era = isSameOrigin ? before?.era : undefined;
  const previousIds = isMoved ? previousIdsOf(former, record.serviceId) : before?.previousIds;
  const replaces = replaced.map(({ serviceId, revision }) => ({ serviceId, revision }));
  return {
    ...record,
    manifest: restoreOwnValues(record, all, kinds),
    ...(ordinal === undefined ? {} : { ordinal }),
    ...(hold === undefined ? {} : { hold }),
    ...(pin === undefined ? {} : { pin }),
    ...(known?.yields === undefined ? {} : { yields: known.yields }),
    ...(era === undefined ? {} : { era }),
    ...(isSameOrigin && before?.withoutCancelNotices === true ? { withoutCancelNotices: true } : {}),
    ...(previousIds === undefined ? {} : { previousIds }),
    ...(replaces.length === 0 ? {} : { replaces }),
  };
}

const previousIdsOf = ({ serviceId, previousIds = [] }: Service, current: string): readonly string[] =>
  [serviceId, ...previousIds].filter((id) => id !== current).slice(0, MAX_PREVIOUS_IDS);
