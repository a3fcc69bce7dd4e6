import { effect, signal, type Signal } from '@preact/signals';
import { timeZone } from '../text/times.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'roomy';

export const theme = signal<Theme>('system');
export const density = signal<Density>('compact');
export const hasSingleKeys = signal(true);
/** Time of the visit before this one; changes since then are shown on the overview. */
export const lastVisit = signal(0);

const PREFIX = 'clarity.';

/** Undefined in a browser that refuses storage. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function keep<T extends string>(name: string, of: Signal<T>, values: readonly T[]): void {
  const stored = storage()?.getItem(PREFIX + name);
  const known = values.find((value) => value === stored);
  if (known !== undefined) of.value = known;
  effect(() => {
    storage()?.setItem(PREFIX + name, of.value);
  });
}

/** Reads the preferences of this browser and keeps them. They hold no token, secret, argument, result or log. */
export function startPreferences(): void {
  const keys = signal<'on' | 'off'>('on');
  keep('theme', theme, ['system', 'light', 'dark']);
  keep('density', density, ['compact', 'roomy']);
  keep('time-zone', timeZone, ['local', 'utc']);
  keep('keys', keys, ['on', 'off']);
  hasSingleKeys.value = keys.value === 'on';
  effect(() => {
    keys.value = hasSingleKeys.value ? 'on' : 'off';
  });
  lastVisit.value = Number(storage()?.getItem(`${PREFIX}last-visit`) ?? 0) || 0;
  addEventListener('pagehide', () => {
    storage()?.setItem(`${PREFIX}last-visit`, String(Date.now()));
  });
  effect(() => {
    const { dataset } = document.documentElement;
    if (theme.value === 'system') delete dataset['theme'];
    else dataset['theme'] = theme.value;
    dataset['density'] = density.value;
  });
}
