/** Numbers, dates, addresses and versions. */
const NUMBERS = /^(?:[\d.:,+\-TZ ]+|v?\d[\d.]*(?:-[a-z]+[\d.]*)?)$/;
const SEPARATORS = /[ _.,/-]+/;
const LETTERS = /^[A-Za-z]+$/;
const PATH = /^(?:~?[/\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\])/;
const HTTP_URL = /^[a-z][a-z0-9+.-]*:\/\/[^\s?#@]+$/i;
const MAX_LENGTH = 4096;

/**
 * Returns whether a configured value is a word, a number, a path or a plain URL. Such a value occurs in results of the
 * service for other reasons, so results keep it. The manifest hides it from clients like every value.
 */
export const isPublicValue = (value: string): boolean =>
  value.length <= MAX_LENGTH && (isWords(value) || NUMBERS.test(value) || PATH.test(value) || HTTP_URL.test(value));

const isWords = (value: string): boolean => value.split(SEPARATORS).every((word) => LETTERS.test(word));

/** Returns whether a segment of a path looks like a token: at least 12 characters with a digit, or 24 of any kind. */
export const isTokenLike = (segment: string): boolean =>
  (segment.length >= 12 && /\d/.test(segment) && /[A-Za-z]/.test(segment) && !/^v?\d[\d._-]*$/.test(segment)) ||
  (segment.length >= 12 && /^\d+$/.test(segment)) ||
  (segment.length >= 24 && /^[A-Za-z0-9_+=-]+$/.test(segment));
