import { openDialog } from '../parts/dialog.tsx';

const KEYS = [
  [
    'Everywhere',
    [
      ['/', 'filter, or search'],
      ['Ctrl K', 'search and commands'],
      ['?', 'this help'],
      ['g o', 'Overview'],
      ['g s', 'Services'],
      ['g c', 'Calls'],
      ['g r', 'Review'],
      ['g a', 'Audit'],
      ['g l', 'Clients'],
      ['n', 'next problem'],
      ['Esc', 'close, or back'],
    ],
  ],
  [
    'Lists',
    [
      ['j k ↓ ↑', 'next or previous row'],
      ['PgDn PgUp', 'one page'],
      ['Home End', 'first or last row'],
      ['Enter', 'open'],
      ['x', 'select'],
      ['r', 'restart the service'],
      ['p', 'pause live calls'],
    ],
  ],
  ['Service', [['1 – 7', 'tabs']]],
] as const;

/** The keys of the page. */
export const KeyList = () => (
  <div class="keys">
    {KEYS.map(([group, keys]) => (
      <section key={group} class="stack tight">
        <h3>{group}</h3>
        <dl>
          {keys.map(([key, does]) => (
            <div key={key} class="kv-row">
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
    ))}
  </div>
);

export function openKeyHelp(): void {
  openDialog({ title: 'Keys', body: <KeyList /> });
}
