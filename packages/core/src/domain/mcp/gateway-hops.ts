/** Header in which a gateway names itself to its upstreams: the marks of the gateways that a request has passed. */
export const HOPS_HEADER = 'clarity-hops';
/** Member of `_meta` of a request with the same marks, for transports without headers. */
export const HOPS_META = 'clarity/hops';
/** Member of `_meta` of a list with the ids of the gateways whose entries it contains; only for other gateways. */
export const REACHES_META = 'clarity/reaches';

const MAX_HOPS = 16;
const MAX_REACHED = 64;
const MARK = /^[0-9a-f]{16}\/[A-Za-z0-9._-]{1,64}$/;
const ID = /^[0-9a-f]{16}$/;

/** Returns the mark of a gateway for the requests to one of its services. */
export const hopMark = (gatewayId: string, namespace: string): string => `${gatewayId}/${namespace}`;

/** Returns the marks of a header or of a member of `_meta`, at most 17. Any other value is ignored. */
export function hopsIn(given: unknown): readonly string[] {
  const items: readonly unknown[] =
    typeof given === 'string' ? given.slice(0, 2_048).split(/, ?/) : Array.isArray(given) ? given : [];
  const marks = items.slice(0, MAX_HOPS + 1).filter((item) => typeof item === 'string' && MARK.test(item));
  return marks as readonly string[];
}

/** Returns the ids of gateways in `_meta` of a list, at most 64. */
export function reachesIn(given: unknown): readonly string[] {
  if (!Array.isArray(given)) return [];
  return given.slice(0, MAX_REACHED).filter((item) => typeof item === 'string' && ID.test(item)) as readonly string[];
}

/**
 * Returns the circle that a request with these marks closes at a gateway, with the names of the services; undefined if it
 * has not passed this gateway and at most 15 others.
 */
export function circleOf(hops: readonly string[], gatewayId: string): string | undefined {
  const at = hops.findIndex((mark) => mark.startsWith(`${gatewayId}/`));
  if (at < 0) return hops.length < MAX_HOPS ? undefined : `a request passed ${String(MAX_HOPS)} gateways`;
  return hops
    .slice(at)
    .map((mark) => {
      const [id = '', namespace = ''] = mark.split('/');
      return id === gatewayId ? `through its service '${namespace}'` : `'${namespace}' of gateway ${id.slice(0, 8)}`;
    })
    .join(', then ');
}
