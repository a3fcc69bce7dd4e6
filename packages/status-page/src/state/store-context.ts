import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ConsoleStore } from './console-store.ts';
import type { LiveConnection } from './live-connection.ts';

/** The store and the connection of the page. */
export interface ConsoleParts {
  readonly store: ConsoleStore;
  readonly connection: LiveConnection;
  /** Calls `listener` with lines of the log that the page follows. Returns a function that ends it. */
  readonly onLog: (listener: (service: string, lines: readonly string[], isTail: boolean) => void) => () => void;
}

export const ConsoleContext = createContext<ConsoleParts | undefined>(undefined);

/** Returns the parts of the page. @throws Error outside of the page. */
export function useConsole(): ConsoleParts {
  const parts = useContext(ConsoleContext);
  if (parts === undefined) throw new Error('the view is outside of the console');
  return parts;
}

export const useStore = (): ConsoleStore => useConsole().store;
