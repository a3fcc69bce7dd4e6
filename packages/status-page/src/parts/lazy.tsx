import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const SKELETON_MS = 300;

/** Returns a component whose code loads at its first use. A skeleton appears only after 300 ms. */
export function lazyView<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function LazyView(props: Props) {
    const [View, setView] = useState<{ readonly component: ComponentType<Props> } | undefined>(
      loaded && { component: loaded },
    );
    const [state, setState] = useState<'quiet' | 'slow' | 'failed'>('quiet');
    useEffect(() => {
      if (loaded !== undefined) return undefined;
      const timer = setTimeout(() => {
        setState('slow');
      }, SKELETON_MS);
      load().then(
        (component) => {
          loaded = component;
          setView({ component });
        },
        () => {
          setState('failed');
        },
      );
      return () => {
        clearTimeout(timer);
      };
    }, []);
    if (View !== undefined) return <View.component {...props} />;
    if (state === 'failed')
      return (
        <p class="view" role="alert">
          This view did not load. Reload the page.
        </p>
      );
    return <p class="view faint">{state === 'slow' ? 'Loading…' : ''}</p>;
  };
}
