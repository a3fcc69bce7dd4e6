import { render } from 'preact';
import { App } from './app.tsx';
import { ConsoleStore } from './state/console-store.ts';
import { startClock } from './state/clock.ts';
import { LiveConnection } from './state/live-connection.ts';
import { forwardLoginRedirect } from './state/login-redirect.ts';
import { startPreferences } from './state/preferences.ts';
import { startRouting } from './state/route.ts';
import { ConsoleContext } from './state/store-context.ts';
import './style/index.css';

type LogListener = (service: string, lines: readonly string[], isTail: boolean) => void;

/** Starts the page in the element `app`. */
function startPage(root: HTMLElement): void {
  // A token in the address goes nowhere else: the daemon has already read it.
  if (new URLSearchParams(location.search).has('token')) {
    history.replaceState(null, '', `${location.pathname}${location.hash}`);
  }
  if (forwardLoginRedirect()) {
    root.textContent = 'The sign-in continues in the tab of the console. You can close this tab.';
    return;
  }
  startPreferences();
  startRouting();
  startClock();
  const listeners = new Set<LogListener>();
  const store = new ConsoleStore();
  const connection = new LiveConnection({
    store,
    isHidden: () => document.hidden,
    onLog: ({ service, lines, isTail = false }) => {
      for (const listener of listeners) listener(service, lines, isTail);
    },
  });
  const parts = {
    store,
    connection,
    onLog: (listener: LogListener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  document.addEventListener('visibilitychange', () => {
    connection.visibilityChanged();
  });
  addEventListener('online', () => {
    connection.retryNow();
  });
  connection.start();
  render(
    <ConsoleContext.Provider value={parts}>
      <App />
    </ConsoleContext.Provider>,
    root,
  );
}

const root = document.getElementById('app');
if (root !== null) startPage(root);
