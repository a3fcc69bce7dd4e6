import { hasHiddenCharacters, stripHiddenCharacters } from '../text/hidden-characters.ts';
import { normalizeText } from '../text/normalize-text.ts';
import { matchesRule, type PhraseMatch, type PhraseRule } from './phrase-rule.ts';

const MAX_DEPTH = 64;
const MAX_STRINGS = 10_000;
const MAX_PART_LENGTH = 64;

/** Returns the part of a path for a member name, cut after 64 characters, because it repeats in each path below. */
export const pathPart = (name: string): string => name.slice(0, MAX_PART_LENGTH);

/** A text in JSON data and its dotted path. */
export interface PlacedText {
  readonly where: string;
  readonly text: string;
}

/**
 * Returns every text in JSON data with its path, member names with hidden characters included.
 * Reads at most 64 levels and 10,000 texts. Names in a path are cut after 64 characters.
 */
export function textsOf(value: unknown): readonly PlacedText[] {
  const found: PlacedText[] = [];
  const walk = (item: unknown, where: string, depth: number): void => {
    if (depth > MAX_DEPTH || found.length >= MAX_STRINGS) return;
    if (typeof item === 'string') found.push({ where, text: item });
    else if (Array.isArray(item))
      for (const [i, entry] of item.entries()) walk(entry, `${where}[${String(i)}]`, depth + 1);
    else if (typeof item === 'object' && item !== null) {
      for (const [name, member] of Object.entries(item)) {
        const below = where === '' ? pathPart(name) : `${where}.${pathPart(name)}`;
        if (hasHiddenCharacters(name)) found.push({ where: `${below}#`, text: name });
        walk(member, below, depth + 1);
      }
    }
  };
  walk(value, '', 0);
  return found;
}

/** Maximum count of characters that are checked of one text. */
export const MAX_CHECKED_LENGTH = 64 * 1024;

const SENSITIVE =
  '(?:~/|/etc/|\\.ssh|id_rsa|\\.env\\b|\\.aws|credentials?|private keys?|api[_ -]?keys?|(?:access|auth|bearer) tokens?|passwords?|secrets?|system prompt|(?:conversation|chat)(?: history)?|mcp\\.json|cookies?|environment variables)';
const MOVES =
  '(?:read|send|include|pass|copy|append|upload|forward|attach|provide|post|paste|put|store|add|leak|share)';

const IMPERATIVES: readonly PhraseRule[] = [
  [
    { form: /\b(?:ignore|disregard|forget|override|bypass)\b/g },
    {
      form: /\b(?:previous|prior|above|earlier|other|all|any|system|instructions?|rules?|polic(?:y|ies)|safety)\b/g,
      within: 40,
    },
  ],
  [
    { form: /\b(?:do not|don't|never|without|avoid)\b/g },
    { form: /\b(?:tell|mention|inform|notify|reveal|show|ask|confirm|warn|alert)\w*/g, within: 30 },
    { form: /\b(?:user|human|anyone|anybody|operator|person|customer)\b/g, within: 24 },
  ],
  [
    { form: /\b(?:you|assistant|model|agent|ai|llm)\b/g },
    // "You should:" is the heading of a guide; its lines are read by the other rules.
    { form: /\b(?:must|should|shall|are required to|is required to)\b(?! ?:)/g, within: 20, isSameSentence: true },
  ],
  // "Use this tool when you need to read a file" says when a tool fits, as most descriptions do.
  [
    {
      form: /(?<!\b(?:when|whenever|if|unless|where|once|that|what|which|as) )\b(?:you|assistant|model|agent|ai|llm)\b/g,
    },
    { form: /\b(?:need to|have to)\b/g, within: 20, isSameSentence: true },
  ],
  [{ form: new RegExp(`\\b${MOVES}\\b`, 'g') }, { form: new RegExp(SENSITIVE, 'g'), within: 60, isSameSentence: true }],
  [
    { form: new RegExp(SENSITIVE, 'g') },
    {
      form: new RegExp(`\\b(?:to|into|as|in) (?:the |this )?(?:argument|parameter|field|request|url|${MOVES})`, 'g'),
      within: 40,
      isSameSentence: true,
    },
  ],
  [{ form: /< ?\/? ?(?:important|system|instructions?|secret|admin|prompt|critical|assistant)\b/g }],
  [
    { form: /\b(?:send|forward|bcc|cc|post|upload|copy)\b/g },
    { form: /https?:\/\//g, within: 80, isSameSentence: true },
  ],
  [
    { form: /\b(?:send|forward|bcc|cc|post|upload|copy)\b/g },
    { form: mailAddresses, within: 80, isSameSentence: true },
  ],
  [
    { form: /\b(?:instead of|rather than|before|after|prior to) (?:using|calling|invoking|running|any)\b/g },
    { form: /\b(?:tools?|functions?|servers?|calls?|requests?)\b/g, within: 60 },
  ],
  [{ form: /\b(?:this tool (?:replaces|supersedes)|use this (?:tool )?(?:instead|for (?:all|every)))\b/g }],
  [{ form: /\b(?:note|message|instructions?) (?:to|for) (?:the |all )?(?:assistants?|models?|ai|agents?|llms?)\b/g }],
  [
    { form: /\b(?:always|first|secretly|silently|quietly)\b/g },
    { form: /\b(?:call|invoke|run|execute|fetch)\b/g, within: 20, isSameSentence: true },
  ],
];

/** The first phrases of all rules: most texts have none of them, and are read once. */
// eslint-disable-next-line clarity/linear-patterns -- its parts are patterns of this file, which the rule has checked
const ANY_START = new RegExp(IMPERATIVES.map(([first]) => (first?.form as RegExp).source).join('|'));

/** Returns the mail addresses. Each run of letters before an `@` is read once. */
function mailAddresses(text: string): readonly PhraseMatch[] {
  return Array.from(text.matchAll(/(?<=[\w.+-])@[\w-]+\.\w/g), ({ 0: { length }, index }) => {
    let from = index - 1;
    while (from > 0 && /[\w.+-]/.test(text.charAt(from - 1))) from -= 1;
    return { from, start: index - 1, end: index + length };
  });
}

/**
 * Returns whether a text contains instructions for the model instead of a description of the tool. Reads the first 65,536
 * characters.
 */
export function isImperative(text: string): boolean {
  const visible = normalizeText(stripHiddenCharacters(text.slice(0, MAX_CHECKED_LENGTH)), 'NFKC').toLowerCase();
  const plain = visible.replace(/\s+/g, ' ').slice(0, MAX_CHECKED_LENGTH);
  return ANY_START.test(plain) && IMPERATIVES.some((rule) => matchesRule(rule, plain));
}

/** The look-behind excludes a start inside of a run, so that each run is read once. */
const ENCODED =
  /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{100}|(?<!\\x[0-9a-f]{2})(?:\\x[0-9a-f]{2}){16}|(?<!%[0-9A-Fa-f]{2})(?:%[0-9A-Fa-f]{2}){16}/;

/** A run of text that no person reads. */
export const isEncoded = (text: string): boolean => ENCODED.test(text);

const SECRETIVE =
  /(^|_)(passwords?|passwd|passphrase|pwd|secrets?|api_?keys?|access_?keys?|private_?keys?|ssh_?keys?|credentials?|cookies?|session_?(id|token)|tokens?|otp|cvv|ssn|card_?number|seed_?phrase|mnemonic|authorization|side_?notes?|system_?prompt|conversation|conversation_?history|chat_?history)($|_)/;
const PAGING =
  /(^|_)(page|next|previous|prev|continuation|cursor|sync|max|min|num|total|count|stop|resume|change)_?tokens?($|_)/;

/** Whether an argument of this name asks for what a caller should not hand out. */
export function asksForSecret(name: string): boolean {
  const plain = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return SECRETIVE.test(plain) && !PAGING.test(plain);
}
