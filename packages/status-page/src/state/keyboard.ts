import { hasSingleKeys } from './preferences.ts';

/** Handles a key of a view. Returns whether the key was for it. */
export type KeyHandler = (event: KeyboardEvent) => boolean;

const handlers: KeyHandler[] = [];

/** Adds a handler before those that exist. Returns a function that removes it. */
export function addKeyHandler(handler: KeyHandler): () => void {
  handlers.unshift(handler);
  return () => {
    handlers.splice(handlers.indexOf(handler), 1);
  };
}

/** Adds a handler after those that exist. Returns a function that removes it. */
export function addLastKeyHandler(handler: KeyHandler): () => void {
  handlers.push(handler);
  return () => {
    handlers.splice(handlers.indexOf(handler), 1);
  };
}

const TYPING = 'input:not([type="checkbox"], [type="radio"]), textarea, select';
const SCROLLING = '.code, .log, .tablewrap, [role="tabpanel"]';

/** Returns whether an element takes keys of its own. */
const isTyping = (target: EventTarget | null): target is HTMLElement =>
  target instanceof HTMLElement && target.matches(TYPING);

export const hasOpenDialog = (): boolean => document.querySelector('dialog[open]') !== null;

/** Returns whether single keys apply: none is left to text fields, dialogs, Ctrl, Alt and Meta (WCAG 2.2, 2.1.4). */
function isSingleKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || hasOpenDialog() || isTyping(event.target)) return false;
  const { target } = event;
  if (!(target instanceof Element)) return true;
  if (['Enter', ' '].includes(event.key) && target.closest('button, a, summary, [role="tab"]') !== null) return false;
  return !(/^(Arrow|Page|Home|End)/.test(event.key) && target.closest(SCROLLING) !== null);
}

/** Sends the keys of the page to its handlers. Typing keys reach only `onTyping`. */
export function startKeyboard(onTyping: KeyHandler, onCommand: KeyHandler): void {
  document.addEventListener('keydown', (event) => {
    if (onCommand(event) || (isTyping(event.target) && !hasOpenDialog() && onTyping(event))) {
      event.preventDefault();
      return;
    }
    if (!isSingleKey(event)) return;
    const isCharacter = event.key.length === 1;
    if (isCharacter && !hasSingleKeys.value) return;
    if (handlers.some((handler) => handler(event))) event.preventDefault();
  });
}
