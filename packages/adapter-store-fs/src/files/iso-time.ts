/** ISO 8601; the beginning of time for a clock that shows no date. */
export const isoTime = (date: Date): string => new Date(Number.isNaN(date.getTime()) ? 0 : date).toISOString();
