import type { IncomingMessage } from 'node:http';
import { methodRefusal, refusal, routeNotFound } from './request-error.ts';
import type { HttpRoute } from './route.ts';

interface CompiledRoute {
  readonly route: HttpRoute;
  readonly segments: readonly string[];
}

export interface RouteMatch {
  readonly route: HttpRoute;
  readonly id: string;
}

/** Finds the route of a method and a path. Paths are case-sensitive. HEAD uses the route of GET. */
export class Router {
  readonly #routes: readonly CompiledRoute[];

  constructor(routes: readonly HttpRoute[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split('/') }));
  }

  /**
   * Returns the route of a request.
   * @throws RequestError 404 for an unknown path, 405 for another method of a known path.
   */
  match(req: IncomingMessage, path: string): RouteMatch {
    const given = path.split('/');
    const there = this.#routes.filter(({ segments }) => fits(segments, given));
    if (there.length === 0) throw routeNotFound();
    const method = req.method === 'HEAD' ? 'GET' : req.method;
    const found = there.find(({ route }) => route.method === method);
    if (found === undefined) {
      throw methodRefusal(
        req.method,
        there.map(({ route }) => route.method),
      );
    }
    const at = found.segments.indexOf(':id');
    return { route: found.route, id: at < 0 ? '' : decodeSegment(given[at] ?? '') };
  }
}

/**
 * Returns the percent-decoded segment.
 * @throws RequestError 400 for a malformed escape.
 */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refusal(400, 'REQUEST_INVALID', 'malformed percent-encoding', { field: 'path' });
  }
}

const fits = (segments: readonly string[], given: readonly string[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, i) => (segment === ':id' ? given[i] !== '' : segment === given[i]));
