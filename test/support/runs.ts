/**
 * Factor of the random runs of property tests. `npm run test:long` sets 10. Values below 1 are not accepted, so that a claim
 * about frequencies still holds.
 */
const FACTOR = Math.max(1, Number(process.env['CLARITY_RUNS_FACTOR'] ?? 1));

/** Returns the number of runs of a property: `short` in `npm test`, a multiple of it in the long form. */
export const runs = (short: number): number => Math.ceil(short * FACTOR);
