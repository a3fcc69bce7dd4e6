import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../parts/button.tsx';
import { DialogHost, openDialog, closeDialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { Command } from '../parts/layout.tsx';
import { Glyph } from '../parts/state-glyph.tsx';
import { now } from '../state/clock.ts';
import { useConsole, useStore } from '../state/store-context.ts';
import { announced, dropToast, toasts } from '../state/toasts.ts';
import { route } from '../state/route.ts';
import { toCount, toBytes, toSpan } from '../text/numbers.ts';
import { toSecond } from '../text/times.ts';
import { worstTone, type GlyphTone } from '../text/states.ts';
import { CommandPalette, openPalette, switchTheme } from './command-palette.tsx';
import { openKeyHelp } from '../actions/key-help.tsx';
import { VIEW_LINKS, type ViewKey } from './view-links.ts';

/** Time after which the page counts as behind: the daemon sends a beat every 10 s. */
const STALE_MS = 20_000;

interface ShellProps {
  readonly current: string;
  readonly title: string;
  /** The view scrolls by itself. */
  readonly isFixed: boolean;
  readonly children: ComponentChildren;
}

/** The frame of the page: navigation, bar, banner of a lost daemon, view, toasts and dialogs. */
export function Shell({ current, title, isFixed, children }: ShellProps) {
  const { connection } = useStore();
  const main = useRef<HTMLElement>(null);
  const { path } = route.value;
  const lastPath = useRef(path);
  useEffect(() => {
    if (lastPath.current === path) return;
    lastPath.current = path;
    // The focus moves only if it was lost with the former view.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [path]);
  const isLost = connection.value.kind === 'lost';
  return (
    <>
      <div class="shell">
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            main.current?.focus();
          }}
        >
          Skip to content
        </a>
        <Rail current={current} />
        <header class="bar">
          <h1 class="cut">{title}</h1>
          <button type="button" class="opener" onClick={openPalette}>
            <Icon name="search" />
            <span class="cut openertext">Search or run</span>
            <kbd aria-hidden="true">Ctrl K</kbd>
          </button>
          <LiveState />
          <Button label="Keyboard help" icon="help" kind="ghost" isIconOnly onPress={openKeyHelp} />
          <Button label="Switch between light and dark" icon="theme" kind="ghost" isIconOnly onPress={switchTheme} />
        </header>
        <LostBanner />
        <main id="main" ref={main} tabIndex={-1} class={`${isFixed ? 'fixed' : ''} ${isLost ? 'stale' : ''}`}>
          {children}
        </main>
        <TabBar current={current} />
      </div>
      <p class="sr" role="status" aria-live="polite">
        {announced.value}
      </p>
      <div class="toasts" role="status" aria-live="polite">
        {toasts.value.map(({ id, text, undo }) => (
          <div key={id} class="toast">
            <span>{text}</span>
            {undo !== undefined && (
              <button
                type="button"
                onClick={() => {
                  dropToast(id);
                  undo();
                }}
              >
                Undo
              </button>
            )}
          </div>
        ))}
      </div>
      <DialogHost />
      <CommandPalette />
    </>
  );
}

function Rail({ current }: { readonly current: string }) {
  const { runtime, problems, connection } = useStore();
  const tone: GlyphTone = connection.value.kind === 'lost' ? 'bad' : worstTone(problems.value);
  const facts = runtime.value;
  return (
    <nav class="rail" aria-label="Console">
      <a class="brand" href="#/" aria-label="Clarity, overview">
        <svg viewBox="0 0 20 20" aria-hidden="true" width="28" height="28">
          <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="3" />
          <circle class={`tone-${tone}`} cx="10" cy="10" r="3" fill="currentColor" />
        </svg>
        <span>Clarity</span>
      </a>
      {VIEW_LINKS.map(({ key }) => (
        <NavLink key={key} view={key} isCurrent={current === key} hasGap={key === 'clients' || key === 'add'} />
      ))}
      {facts !== undefined && (
        <div class="railfoot">
          <div>clarityd {facts.version}</div>
          <div>up {toSpan(now.value - new Date(facts.startedAt).getTime())}</div>
          <div>{toBytes(facts.rssBytes)}</div>
        </div>
      )}
    </nav>
  );
}

const TAB_VIEWS: readonly ViewKey[] = ['overview', 'services', 'calls', 'review'];

const TabBar = ({ current }: { readonly current: string }) => (
  <nav class="tabbar" aria-label="Console, short">
    {TAB_VIEWS.map((key) => (
      <NavLink key={key} view={key} isCurrent={current === key} />
    ))}
    <button type="button" class="nav" onClick={openMore}>
      <Icon name="more" />
      <span class="name">More</span>
    </button>
  </nav>
);

function openMore(): void {
  openDialog({
    title: 'More',
    body: (
      <div class="stack tight">
        {VIEW_LINKS.filter(({ key }) => !TAB_VIEWS.includes(key)).map(({ key, label, href }) => (
          <a key={key} class="btn ghost start" href={href} onClick={closeDialog}>
            <Icon name={key} />
            {label}
          </a>
        ))}
      </div>
    ),
  });
}

interface NavLinkProps {
  readonly view: ViewKey;
  readonly isCurrent: boolean;
  readonly hasGap?: boolean;
}

function NavLink({ view, isCurrent, hasGap = false }: NavLinkProps) {
  const link = VIEW_LINKS.find(({ key }) => key === view);
  return (
    <>
      {hasGap && <div class="railgap" />}
      <a class="nav" href={link?.href} title={link?.label} aria-current={isCurrent ? 'page' : undefined}>
        <Icon name={view} />
        <span class="name">{link?.label}</span>
        <Badge view={view} />
      </a>
    </>
  );
}

function Badge({ view }: { readonly view: ViewKey }) {
  const { broken, toReview, byId } = useStore();
  if (view === 'services') return <span class="count">{toCount(byId.value.size)}</span>;
  const count = view === 'overview' ? broken.value.length : view === 'review' ? toReview.value : 0;
  if (count === 0) return null;
  return (
    <span class={`count hot${view === 'review' ? ' wait' : ''}`}>
      {toCount(count)}
      <span class="sr">{view === 'review' ? ' to review' : ' need attention'}</span>
    </span>
  );
}

function LiveState() {
  const { connection, heardAt } = useStore();
  const { kind } = connection.value;
  const behind = now.value - heardAt.value;
  const isStale = kind === 'live' && behind > STALE_MS;
  const tone = kind === 'lost' ? 'bad' : kind === 'loading' || isStale ? 'warn' : 'ok';
  const words =
    kind === 'lost' ? 'Disconnected' : kind === 'loading' ? 'Loading' : isStale ? `${toSpan(behind)} behind` : 'Live';
  return (
    <span class="live" title="Changes appear as they happen">
      <Glyph tone={tone} />
      <span class="livetext">{words}</span>
    </span>
  );
}

function LostBanner() {
  const { store, connection } = useConsole();
  const state = store.connection.value;
  if (state.kind !== 'lost') return null;
  const seconds = Math.max(0, Math.ceil((state.retryAt - now.value) / 1_000));
  return (
    <div class="lost" role="alert">
      <Glyph tone="bad" />
      <span class="grow">
        <b>clarityd has not answered since {toSecond(state.since)}.</b> This is the last known state.{' '}
        <span aria-hidden="true">Retrying in {String(seconds)} s.</span> Start it with:
      </span>
      <Command text={store.runtime.value?.cli.replace('clarityctl', 'clarityd') ?? 'npx clarityd'} />
      <Button
        label="Try now"
        kind="primary"
        onPress={() => {
          connection.retryNow();
        }}
      />
    </div>
  );
}
