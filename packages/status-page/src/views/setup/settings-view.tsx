import type { Signal } from '@preact/signals';
import { signOut } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { density, hasSingleKeys, theme } from '../../state/preferences.ts';
import { useConsole } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { timeZone } from '../../text/times.ts';
import { KeyList } from '../../actions/key-help.tsx';

interface ConfigItem {
  readonly name: string;
  readonly value: unknown;
  readonly source: string;
  readonly help?: string;
}

/** Preferences of this browser, settings of the daemon, keys, and the end of the session. */
export function SettingsView() {
  const { store } = useConsole();
  const config = useRequest<{ readonly items: readonly ConfigItem[] }>('/api/config');
  const hasSession = sessionStorage.getItem('x-clarity-page') !== null;
  return (
    <div class="view">
      <div class="cols">
        <div class="stack">
          <Panel title="This browser">
            <Choice label="Theme" of={theme} values={{ system: 'System', light: 'Light', dark: 'Dark' }} />
            <Choice label="Rows" of={density} values={{ compact: 'Compact', roomy: 'Roomy' }} />
            <Choice label="Times" of={timeZone} values={{ local: 'Local', utc: 'UTC' }} />
            <label class="check">
              <input
                type="checkbox"
                checked={hasSingleKeys.value}
                onChange={(event) => {
                  hasSingleKeys.value = event.currentTarget.checked;
                }}
              />
              Single keys, such as j, k and x
            </label>
            {hasSession && (
              <p>
                <Button
                  label="Sign out"
                  onPress={() => {
                    void signOut().then(() => {
                      store.connection.value = { kind: 'signed-out' };
                    });
                  }}
                />
              </p>
            )}
          </Panel>
          <Panel title="Keys">
            <KeyList />
          </Panel>
        </div>
        <Panel title="Settings of clarityd" hint="change them in its environment, then restart it">
          {config.failure !== undefined && <ErrorPanel failure={config.failure} onRetry={config.reload} />}
          {config.value !== undefined && (
            <Table
              label="Settings of clarityd"
              heads={['Setting', 'Value', 'Source']}
              rows={config.value.items.map(({ name, value, source, help }) => [
                <span key="name" title={help}>
                  <code class="wrap">{name}</code>
                </span>,
                <span key="value" class="mono wrap">
                  <ForeignText text={toText(value)} />
                </span>,
                source,
              ])}
            />
          )}
        </Panel>
      </div>
    </div>
  );
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly of: Signal<T>;
  readonly values: Readonly<Record<T, string>>;
}

function Choice<T extends string>({ label, of, values }: ChoiceProps<T>) {
  return (
    <div class="line">
      <span class="setting">{label}</span>
      <div class="seg" role="group" aria-label={label}>
        {(Object.entries(values) as [T, string][]).map(([value, text]) => (
          <button
            key={value}
            type="button"
            aria-pressed={of.value === value}
            onClick={() => {
              of.value = value;
            }}
          >
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}
