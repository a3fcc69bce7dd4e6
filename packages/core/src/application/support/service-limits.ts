import { resolveCallLimits, type CallLimits } from '../../domain/calls/call-limits.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { ServiceConnector } from '../../ports/index.ts';

/** Returns the final limits of a request to a service, from the requested ones, its manifest and its connector. */
export const serviceLimits = (
  connectors: ReadonlyMap<OriginType, ServiceConnector>,
  { manifest: { spec } }: Service,
  requested: CallLimits,
): CallLimits => resolveCallLimits(spec, requested, connectors.get(spec.origin.type)?.defaultLimits);
