import { hasHiddenCharacters, stripHiddenCharacters } from '../text/hidden-characters.ts';

const MAX_DEPTH = 64;
const MAX_STRINGS = 10_000;

/**
 * Returns every text in JSON data by its path, member names with hidden characters included.
 * Reads at most 64 levels and 10,000 texts.
 */
export function stringsOf(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (item: unknown, path: string, depth: number): void => {
    if (depth > MAX_DEPTH || found.size >= MAX_STRINGS) return;
    if (typeof item === 'string') found.set(path, item);
    else if (Array.isArray(item))
      for (const [i, entry] of item.entries()) walk(entry, `${path}[${String(i)}]`, depth + 1);
    else if (typeof item === 'object' && item !== null) {
      for (const [name, member] of Object.entries(item)) {
        const below = path === '' ? name : `${path}.${name}`;
        if (hasHiddenCharacters(name)) found.set(`${below}#`, name);
        walk(member, below, depth + 1);
      }
    }
  };
  walk(value, '', 0);
  return found;
}

const SENSITIVE =
  '(~/|/etc/|\\.ssh|id_rsa|\\.env\\b|\\.aws|credentials?|private keys?|api[_ -]?keys?|(access|auth|bearer) tokens?|passwords?|secrets?|system prompt|(conversation|chat)( history)?|mcp\\.json|cookies?|environment variables)';
const MOVES = '(read|send|include|pass|copy|append|upload|forward|attach|provide|post|paste|put|store|add|leak|share)';

const IMPERATIVES: readonly RegExp[] = [
  /\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(previous|prior|above|earlier|other|all|any|system|instructions?|rules?|polic(y|ies)|safety)\b/,
  /\b(do not|don't|never|without|avoid)\b.{0,30}\b(tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|show|ask|asking|confirm|warn|alert)\w*\b.{0,20}\b(the )?(user|human|anyone|anybody|operator|person|customer)\b/,
  /\b(you|assistant|model|agent|ai|llm)\b[^.]{0,20}\b(must|should|shall|need to|have to|are required to|is required to)\b/,
  new RegExp(`\\b${MOVES}\\b[^.]{0,60}${SENSITIVE}`),
  new RegExp(`${SENSITIVE}[^.]{0,40}\\b(to|into|as|in) (the |this )?(argument|parameter|field|request|url|${MOVES})`),
  /<\s*\/?\s*(important|system|instructions?|secret|admin|prompt|critical|assistant)\b/,
  /\b(send|forward|bcc|cc|post|upload|copy)\b[^.]{0,80}(https?:\/\/|[\w.+-]+@[\w-]+\.\w)/,
  /\b(instead of|rather than|before|after|prior to) (using|calling|invoking|running|any)\b.{0,60}\b(tools?|functions?|servers?|calls?|requests?)\b/,
  /\b(this tool (replaces|supersedes)|use this (tool )?(instead|for (all|every)))\b/,
  /\b(note|message|instructions?) (to|for) (the |all )?(assistants?|models?|ai|agents?|llms?)\b/,
  /\b(always|first|secretly|silently|quietly)\b[^.]{0,20}\b(call|invoke|run|execute|fetch)\b/,
];

/** Returns whether a text contains instructions for the model instead of a description of the tool. */
export function isImperative(text: string): boolean {
  const plain = stripHiddenCharacters(text).normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').slice(0, 20_000);
  return IMPERATIVES.some((pattern) => pattern.test(plain));
}

const ENCODED = /[A-Za-z0-9+/]{100,}={0,2}|(\\x[0-9a-f]{2}){16,}|(%[0-9A-Fa-f]{2}){16,}/;

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
