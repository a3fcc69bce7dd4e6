/**
 * Returns the text of a file that a person or a program wrote: UTF-8, or UTF-16 if it has a byte order mark or a NUL in one of
 * its first two bytes (Windows PowerShell 5 redirects output so). The mark is not part of the text.
 * @throws TypeError when `isFatal` and the bytes are not valid in their encoding.
 */
export const decodeText = (bytes: Uint8Array, isFatal = false): string =>
  new TextDecoder(encodingOf(bytes), { fatal: isFatal }).decode(bytes);

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)
    ? 'utf-16be'
    : 'utf-8';
}
