/** Functions over foreign text. They load nothing else of core, so that a worker thread starts fast. */
export { closestName } from './domain/text/closest-name.ts';
export { escapeHiddenCharacters, replaceHiddenCharacters } from './domain/text/hidden-characters.ts';
