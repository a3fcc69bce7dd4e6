import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { lazyView } from './parts/lazy.tsx';
import { goTo, route, toServiceHref } from './state/route.ts';
import type { ConsoleStore } from './state/console-store.ts';
import { addLastKeyHandler, hasOpenDialog, startKeyboard } from './state/keyboard.ts';
import { useConsole, useStore } from './state/store-context.ts';
import { worstTone } from './text/states.ts';
import { toVisible } from './text/hidden-characters.ts';
import { announceProblems } from './state/announcements.ts';
import { openPalette } from './views/command-palette.tsx';
import { openKeyHelp } from './actions/key-help.tsx';
import { OverviewView } from './views/overview/overview-view.tsx';
import { ServicesView } from './views/services/services-view.tsx';
import { Shell } from './views/shell.tsx';
import { SignIn } from './views/sign-in.tsx';
import { VIEW_LINKS } from './views/view-links.ts';

const CallsView = lazyView(() => import('./views/activity/calls-view.tsx').then((it) => it.CallsView));
const AuditView = lazyView(() => import('./views/activity/audit-view.tsx').then((it) => it.AuditView));
const ReviewView = lazyView(() => import('./views/activity/review-view.tsx').then((it) => it.ReviewView));
const ClientsView = lazyView(() => import('./views/setup/clients-view.tsx').then((it) => it.ClientsView));
const SecretsView = lazyView(() => import('./views/setup/secrets-view.tsx').then((it) => it.SecretsView));
const AccessView = lazyView(() => import('./views/setup/access-view.tsx').then((it) => it.AccessView));
const AddView = lazyView(() => import('./views/setup/add-view.tsx').then((it) => it.AddView));
const SettingsView = lazyView(() => import('./views/setup/settings-view.tsx').then((it) => it.SettingsView));

const VIEWS = {
  overview: { view: OverviewView, isFixed: false },
  services: { view: ServicesView, isFixed: true },
  calls: { view: CallsView, isFixed: true },
  review: { view: ReviewView, isFixed: false },
  audit: { view: AuditView, isFixed: true },
  clients: { view: ClientsView, isFixed: false },
  secrets: { view: SecretsView, isFixed: false },
  access: { view: AccessView, isFixed: false },
  add: { view: AddView, isFixed: false },
  settings: { view: SettingsView, isFixed: false },
} as const;

const FAVICON_COLORS = {
  ok: '#0a7257',
  warn: '#b57a00',
  bad: '#d03a30',
  hold: '#6438b0',
  idle: '#6d7a75',
  busy: '#6d7a75',
};

/** The page: sign-in, or the view of the route in the frame. */
export function App() {
  const { store } = useConsole();
  const key = Object.hasOwn(VIEWS, route.value.view) ? (route.value.view as keyof typeof VIEWS) : 'overview';
  const { view: View, isFixed } = VIEWS[key];
  const title = VIEW_LINKS.find((link) => link.key === key)?.label ?? 'Overview';
  useHead(title);
  useEffect(() => {
    startKeyboard(onTypingKey, onCommandKey);
  }, []);
  usePageKeys();
  useSignalEffect(() => {
    announceProblems(store);
  });
  const { kind } = store.connection.value;
  if (kind === 'signed-out') return <SignIn />;
  if (store.runtime.value === undefined) {
    return (
      <Shell current={key} title={title} isFixed={false}>
        <p class="view faint">{kind === 'lost' ? '' : 'Loading the state…'}</p>
      </Shell>
    );
  }
  return (
    <Shell current={key} title={title} isFixed={isFixed && store.byId.value.size > 0}>
      <ErrorBoundary view={route.value.path}>
        <View />
      </ErrorBoundary>
    </Shell>
  );
}

/** Keeps the title and the icon of the tab true: count of broken services, lost daemon, service or view. */
function useHead(title: string): void {
  const { connection, broken, problems } = useStore();
  const { view, parts } = route.value;
  const { kind } = connection.value;
  const count = broken.value.length;
  const page = view === 'services' && parts[1] !== undefined ? toVisible(parts[1]) : title;
  const tone = kind === 'lost' ? 'bad' : worstTone(problems.value);
  useEffect(() => {
    const prefix = `${count > 0 ? `(${String(count)}) ` : ''}${kind === 'lost' ? 'Disconnected: ' : ''}`;
    document.title = kind === 'signed-out' ? 'Sign in · Clarity' : `${prefix}${page} · Clarity`;
    const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 20'><circle cx='10' cy='10' r='7.5' fill='none' stroke='#6d7a75' stroke-width='3'/><circle cx='10' cy='10' r='4' fill='${FAVICON_COLORS[tone]}'/></svg>`;
    document.querySelector('link[rel="icon"]')?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(svg)}`);
  }, [count, kind, page, tone]);
}

/** Escape leaves a text field; ArrowDown and Enter go from the filter to the list. */
function onTypingKey(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof HTMLElement)) return false;
  const list = document.querySelector<HTMLElement>('main .grid');
  if (key === 'Escape') {
    target.blur();
    (list ?? document.getElementById('main'))?.focus({ preventScroll: true });
    return true;
  }
  if (list === null || !target.classList.contains('filter') || !['ArrowDown', 'Enter'].includes(key)) return false;
  list.focus();
  return true;
}

function onCommandKey(event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.key !== 'k') return false;
  if (!hasOpenDialog()) openPalette();
  return true;
}

const CHORD_MS = 900;
const CHORD_VIEWS: Readonly<Record<string, string>> = {
  o: '#/',
  s: '#/services',
  c: '#/calls',
  r: '#/review',
  a: '#/audit',
  l: '#/clients',
};

/** The keys that work in every view, after those of the view. */
function usePageKeys(): void {
  const store = useStore();
  useEffect(() => {
    let chordAt = -CHORD_MS;
    return addLastKeyHandler(({ key, timeStamp }) => {
      const isChord = timeStamp - chordAt < CHORD_MS;
      chordAt = key === 'g' && !isChord ? timeStamp : -CHORD_MS;
      const href = isChord && Object.hasOwn(CHORD_VIEWS, key) ? CHORD_VIEWS[key] : undefined;
      if (href !== undefined) goTo(href);
      else if (key === '/') focusFilter();
      else if (key === '?') openKeyHelp();
      else if (key === 'n') goToNextProblem(store);
      else return false;
      return true;
    });
  }, []);
}

function focusFilter(): void {
  const box = document.querySelector<HTMLInputElement>('main .filter');
  if (box === null) openPalette();
  else {
    box.focus();
    box.select();
  }
}

/** Goes to the service with a problem after the open one. */
function goToNextProblem({ problems, byId }: ConsoleStore): void {
  const names = problems.value.flatMap(({ services }) => services.flatMap((id) => byId.value.get(id)?.ns ?? []));
  const { view, parts } = route.value;
  const at = view === 'services' ? names.indexOf(parts[1] ?? '') : -1;
  const next = names[(at + 1) % Math.max(1, names.length)];
  if (next !== undefined) goTo(toServiceHref(next));
}
