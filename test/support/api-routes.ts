import { routes } from '@clarity-runtime/api-contract';

/** Returns the paths of all GET routes of the API, sorted. */
export const getPaths = (): readonly string[] =>
  [...new Set(Object.values(routes).flatMap(({ method, path }) => (method === 'GET' ? [path] : [])))].sort();
