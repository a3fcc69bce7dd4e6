import { ClarityError } from '../domain/clarity-error.ts';
import type { InterfaceSnapshot } from '../domain/interface-snapshot.ts';
import type { Service } from '../domain/service.ts';
import { withDeadline, type Deadline } from './deadline.ts';
import { readInterface } from './interface-reader.ts';
import type { ServiceLink } from './service-link.ts';
import type { SupervisedParts } from './supervised-parts.ts';

/** Connects and asks for the interface, both within the start limit. When it rejects the link is still to be closed. */
export function openService(parts: SupervisedParts, service: Service, link: ServiceLink): Promise<InterfaceSnapshot> {
  const { type } = service.manifest.spec.origin;
  const connector = parts.connectors.get(type);
  if (connector === undefined) throw new ClarityError('ORIGIN_UNSUPPORTED', type);
  return withDeadline(limitOf(parts, 'SERVICE_START_TIMEOUT'), async (signal) => {
    await link.connect(connector, service, signal);
    return readOffer(parts, link, signal);
  });
}

/** Asks a connected service again what it offers. */
export const askAgain = (parts: SupervisedParts, link: ServiceLink): Promise<InterfaceSnapshot> =>
  withDeadline(limitOf(parts, 'SERVICE_UNRESPONSIVE'), (signal) => readOffer(parts, link, signal));

function readOffer(
  { clock, supervision, maxReplyBytes }: SupervisedParts,
  link: ServiceLink,
  signal: AbortSignal,
): Promise<InterfaceSnapshot> {
  const { connection } = link;
  if (connection === undefined) throw new ClarityError('SERVICE_LOST', 'it was closed while it was asked');
  const limits = { totalMs: supervision.startLimitMs, maxReplyBytes };
  return link.whileOpen(readInterface(connection, clock.wall(), limits, AbortSignal.any([signal, link.ended])));
}

function limitOf(
  { clock, supervision: { startLimitMs: ms } }: SupervisedParts,
  code: 'SERVICE_START_TIMEOUT' | 'SERVICE_UNRESPONSIVE',
): Deadline {
  return { clock, ms, late: () => new ClarityError(code, `no answer within ${String(ms)} ms`) };
}
