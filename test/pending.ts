/** Ids of promises that no test cites yet. A test that cites one removes it from this list. */
export const pending: readonly string[] = [];
