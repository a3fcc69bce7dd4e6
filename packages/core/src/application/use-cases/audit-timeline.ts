import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn, decide } from '../../domain/access/decide.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type { AuditQuery, AuditStore, AuditVerdict, Telemetry } from '../../ports/index.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { AuditFilter, AuditPage, AuditReplay, AuditTrail } from '../../ports/inbound/audit-trail.ts';
import type { OpenAuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { Guard } from './guard.ts';

export interface AuditTimelineDependencies {
  readonly store: AuditStore;
  /** Has the log lines of services. */
  readonly telemetry: Telemetry;
  readonly audit: AuditLog;
  readonly catalog: ServiceCatalog;
  readonly guard: Guard;
  /** Returns the log lines of the daemon that runs the process of a service, if that is another one. */
  readonly logsOfOwner?: (serviceId: string, limit: number) => Promise<readonly string[] | undefined> | undefined;
}

/** Number of the newest events that are searched for those of the services that a caller may inspect. */
const MAX_SEARCHED = 2_000;

/** Reads audit events from their store and service logs from the telemetry. */
export class AuditTimeline implements AuditTrail {
  readonly #store: AuditStore;
  readonly #telemetry: Telemetry;
  readonly #audit: AuditLog;
  readonly #catalog: ServiceCatalog;
  readonly #guard: Guard;
  readonly #logsOfOwner: AuditTimelineDependencies['logsOfOwner'];

  constructor({ store, telemetry, audit, catalog, guard, logsOfOwner }: AuditTimelineDependencies) {
    this.#store = store;
    this.#telemetry = telemetry;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#guard = guard;
    this.#logsOfOwner = logsOfOwner;
  }

  record(event: OpenAuditEntry): Promise<void> {
    return this.#audit.recordOpen(event);
  }

  async recent(caller: Caller, query: { limit: number; serviceId?: string }): Promise<readonly AuditEvent[]> {
    return (await this.page(caller, query)).items;
  }

  async page(caller: Caller, filter: AuditFilter): Promise<AuditPage> {
    const { after } = filter;
    const query = queryOf(filter);
    await this.#admit(caller, 'read the audit', filter.serviceId);
    const seen = filter.serviceId === undefined ? this.#seenBy(caller) : undefined;
    if (after !== undefined) {
      const page = await this.#pageAfter(caller, after, query);
      return seen === undefined ? page : { ...page, items: page.items.filter(seen) };
    }
    // The cursor is read first: an event written in between is returned twice, never skipped.
    const { next } = await this.#store.read(caller.tenant, { limit: 1 }, 'end');
    const limit = seen === undefined ? query.limit : Math.max(query.limit, MAX_SEARCHED);
    const newest = (await this.#store.newest(caller.tenant, { ...query, limit })).map(({ event }) => event);
    return { items: seen === undefined ? newest : newest.filter(seen).slice(-query.limit), next };
  }

  /** Returns which events a caller sees that may inspect some services only: theirs. Undefined for a caller of all. */
  #seenBy(caller: Caller): ((event: AuditEvent) => boolean) | undefined {
    if (decide(caller, { verb: 'inspect', target: 'everything' }).isAllowed) return undefined;
    return ({ serviceId }) => {
      const found = serviceId === undefined ? undefined : this.#catalog.find(this.#catalog.currentId(serviceId));
      return found !== undefined && allowsOn(caller, 'inspect', found.namespace);
    };
  }

  async replay(caller: Caller, after: string | undefined, limit: number): Promise<AuditReplay> {
    await this.#guard.require(caller, 'inspect', { action: 'watch the audit' });
    const newest = await this.#store.newest(caller.tenant, { limit });
    const known = after === undefined ? undefined : await this.#after(caller, after, limit);
    if (known === undefined) return { items: newest, missed: 0, isReset: after !== undefined };
    const { events, atHead, missed } = known;
    if (atHead) return { items: events, missed, isReset: false };
    // More events than the limit: the newest ones, and the number of the others.
    const first = newest[0]?.event.seq ?? 0;
    const last = events[0]?.event.seq ?? first;
    return { items: newest, missed: missed + Math.max(0, first - last), isReset: false };
  }

  cursorOf(event: AuditEvent): string {
    return this.#store.cursorOf(event);
  }

  /** Returns the page after a cursor; undefined for a cursor of another store. */
  async #after({ tenant }: Caller, after: string, limit: number) {
    try {
      return await this.#store.read(tenant, { limit }, after);
    } catch (error) {
      if (isStoreError(error) && error.kind === 'invalid') return undefined;
      throw error;
    }
  }

  /** Checks the stored events against their hash chain. `expect` is the head of an earlier verdict. */
  async verify(caller: Caller, expect?: string): Promise<AuditVerdict> {
    await this.#guard.require(caller, 'inspect', { action: 'verify the audit' });
    return this.#store.verify(caller.tenant, expect === undefined ? {} : { expect });
  }

  /**
   * Returns the newest lines of a service, those under its earlier ids included.
   * @throws ClarityError SERVICE_NOT_FOUND
   */
  async logs(caller: Caller, id: string, limit: number): Promise<readonly string[]> {
    const found = this.#catalog.find(this.#catalog.currentId(id));
    const intent = { action: 'read a log', serviceId: id };
    const { serviceId, previousIds = [] } = await this.#guard.requireOn(caller, 'inspect', intent, found);
    const ofOwner = await this.#logsOfOwner?.(serviceId, limit);
    if (ofOwner !== undefined) return ofOwner;
    let lines = await this.#telemetry.logs(caller.tenant, serviceId, limit);
    for (const old of previousIds) {
      if (lines.length >= limit) break;
      // The id may have been registered again, for another service.
      if (this.#catalog.find(old) !== undefined) continue;
      lines = [...(await this.#telemetry.logs(caller.tenant, old, limit - lines.length)), ...lines];
    }
    return lines;
  }

  /** The audit of one service needs the grant for it; the audit of a removed or unknown one the grant for every service. */
  async #admit(caller: Caller, action: string, serviceId: string | undefined): Promise<void> {
    if (serviceId === undefined) return this.#guard.require(caller, 'inspect', { action, target: 'something' });
    const found = this.#catalog.find(serviceId);
    const intent = { action, serviceId };
    return this.#guard.require(caller, 'inspect', found === undefined ? intent : { ...intent, target: found });
  }

  async #pageAfter({ tenant }: Caller, after: string, query: AuditQuery): Promise<AuditPage> {
    try {
      const from = after === 'start' ? undefined : after;
      const { events, next, missed } = await this.#store.read(tenant, query, from);
      return { items: events.map(({ event }) => event), next, ...(missed === 0 ? {} : { missed }) };
    } catch (error) {
      if (!isStoreError(error) || error.kind !== 'invalid') throw error;
      throw new ClarityError('REQUEST_INVALID', `after '${toPrintableAscii(after)}'`, {
        field: 'after',
        hint: 'pass the unchanged `next` of an earlier page',
      });
    }
  }
}

function queryOf({ limit, kind, serviceId, level, since, until, caller, outcome }: AuditFilter): AuditQuery {
  mustBeTime('since', since);
  mustBeTime('until', until);
  const all = { kind, serviceId, level, since, until, caller, outcome };
  return { limit, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}

function mustBeTime(field: string, text: string | undefined): void {
  if (text === undefined || !Number.isNaN(Date.parse(text))) return;
  const hint = 'write the time as 2026-01-31 or 2026-01-31T12:00:00Z';
  throw new ClarityError('REQUEST_INVALID', `${field} '${toPrintableAscii(text)}'`, { field, hint });
}
