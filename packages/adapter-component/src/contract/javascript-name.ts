/**
 * Returns the name that the transpiler gives to a kebab-case name: `get-HTTP-point` is `getHttpPoint` (the lower camel
 * case of the Rust crate `heck`).
 */
export const toJavaScriptName = (name: string): string =>
  name
    .split('-')
    .map((word, index) => {
      const lower = word.toLowerCase();
      return index === 0 ? lower : `${lower.charAt(0).toUpperCase()}${lower.slice(1)}`;
    })
    .join('');
