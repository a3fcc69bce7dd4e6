/** Returns a date in ISO 8601; 1970-01-01T00:00:00.000Z for an invalid date. */
export const isoTime = (date: Date): string => new Date(Number.isNaN(date.getTime()) ? 0 : date).toISOString();
