import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../parts/icons.tsx';
import { Glyph } from '../parts/state-glyph.tsx';
import { goTo, toServiceHref } from '../state/route.ts';
import { theme } from '../state/preferences.ts';
import type { ConsoleStore } from '../state/console-store.ts';
import { useStore } from '../state/store-context.ts';
import { STATES, stateOf, toFixLabel, type GlyphTone } from '../text/states.ts';
import { toVisible } from '../text/hidden-characters.ts';
import { fixProblem } from '../actions/service-actions.tsx';
import { openKeyHelp } from '../actions/key-help.tsx';
import { VIEW_LINKS } from './view-links.ts';

const isOpen = signal(false);

export function openPalette(): void {
  isOpen.value = true;
}

interface PaletteItem {
  readonly text: string;
  readonly note: string;
  readonly icon?: IconName;
  readonly tone?: GlyphTone;
  readonly run: () => void;
}

/** Searches services, fixes, views and commands. */
export function CommandPalette() {
  return isOpen.value ? <OpenPalette /> : null;
}

function close(): void {
  isOpen.value = false;
}

function OpenPalette() {
  const store = useStore();
  const box = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const found = findItems(store, query);
  const run = (item: PaletteItem | undefined): void => {
    close();
    item?.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = (at + step + found.length) % Math.max(1, found.length);
      setAt(next);
      document.getElementById(`palette-${String(next)}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <dialog
      ref={box}
      class="palette"
      aria-label="Search and commands"
      onClose={close}
      onClick={(event) => {
        if (event.target === box.current) close();
      }}
    >
      <div>
        <input
          type="text"
          role="combobox"
          aria-label="Search services and commands"
          aria-expanded
          aria-controls="palette"
          aria-autocomplete="list"
          aria-activedescendant={found.length > 0 ? `palette-${String(at)}` : undefined}
          placeholder="Service, fix, view or command"
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul role="listbox" id="palette" aria-label="Results">
          {found.map((item, index) => (
            <li
              key={`${item.note}${item.text}`}
              id={`palette-${String(index)}`}
              role="option"
              aria-selected={index === at}
              onClick={() => {
                run(item);
              }}
              onPointerMove={() => {
                setAt(index);
              }}
            >
              {item.tone === undefined ? <Icon name={item.icon ?? 'play'} /> : <Glyph tone={item.tone} />}
              <span class="cut">{toVisible(item.text)}</span>
              <span class="faint">{item.note}</span>
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="soft palette-none">No matches.</p>}
      </div>
    </dialog>
  );
}

const MAX_SERVICES = 12;
const MAX_ITEMS = 40;

function findItems(store: ConsoleStore, query: string): readonly PaletteItem[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  const services = words.length === 0 ? [] : store.services.value.filter(({ ns, what }) => matches(`${ns} ${what}`));
  const views = VIEW_LINKS.map(({ key, label, href }) => ({
    text: label,
    note: 'view',
    icon: key,
    run: () => {
      goTo(href);
    },
  }));
  const fixes = store.problems.value.slice(0, 8).map((problem) => {
    const list = problem.services.flatMap((id) => store.byId.value.get(id) ?? []);
    const who = problem.count === 1 ? (list[0]?.ns ?? '') : `${String(problem.count)} services`;
    return {
      text: `${toFixLabel(problem)}: ${who}`,
      note: 'fix',
      icon: 'turn' as const,
      run: () => {
        fixProblem(problem, list);
      },
    };
  });
  const commands: readonly PaletteItem[] = [
    { text: 'Switch theme', note: 'command', icon: 'theme', run: switchTheme },
    { text: 'Keyboard help', note: 'command', icon: 'help', run: openKeyHelp },
  ];
  return [
    ...services.slice(0, MAX_SERVICES).map((service) => ({
      text: service.ns,
      note: STATES[stateOf(service)].word,
      tone: STATES[stateOf(service)].tone,
      run: () => {
        goTo(toServiceHref(service.ns));
      },
    })),
    ...[...fixes, ...views, ...commands].filter(({ text }) => matches(text)),
  ].slice(0, MAX_ITEMS);
}

export function switchTheme(): void {
  const isDark = theme.value === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme.value === 'dark';
  theme.value = isDark ? 'light' : 'dark';
}
