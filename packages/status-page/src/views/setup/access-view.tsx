import { goTo, route } from '../../state/route.ts';
import { PoliciesPanel } from './policies-panel.tsx';
import { ProfilesPanel } from './profiles-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';

const TABS = [
  { key: 'tokens', label: 'Tokens', view: TokensPanel },
  { key: 'profiles', label: 'Profiles', view: ProfilesPanel },
  { key: 'policies', label: 'Policies', view: PoliciesPanel },
] as const;

/** Access: tokens, profiles and policies. */
export function AccessView() {
  const tab = TABS.find(({ key }) => key === route.value.parts[1]) ?? TABS[0];
  const { view: View } = tab;
  return (
    <div class="view stack">
      <div class="tabs" role="tablist" aria-label="Access">
        {TABS.map(({ key, label }, index) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`access-${key}`}
            aria-selected={key === tab.key}
            aria-controls="access-panel"
            tabIndex={key === tab.key ? 0 : -1}
            onClick={() => {
              goTo(`#/access/${key}`);
            }}
            onKeyDown={(event) => {
              const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
              const next = step === undefined ? undefined : TABS[(index + step + TABS.length) % TABS.length];
              if (next === undefined) return;
              event.stopPropagation();
              goTo(`#/access/${next.key}`);
              document.getElementById(`access-${next.key}`)?.focus();
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <div id="access-panel" role="tabpanel" aria-labelledby={`access-${tab.key}`} tabIndex={0}>
        <View />
      </div>
    </div>
  );
}
