import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export interface ButtonProps {
  readonly label: string;
  readonly onPress: (event: MouseEvent) => void;
  /** Name for assistive technology, when it differs from the label. */
  readonly name?: string;
  readonly kind?: 'primary' | 'ghost' | 'danger';
  readonly icon?: IconName;
  readonly isSmall?: boolean;
  readonly isIconOnly?: boolean;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  /** Words while the action runs. The button ignores presses. */
  readonly busy?: string | undefined;
  readonly type?: 'button' | 'submit';
  readonly tabIndex?: number;
}

const CLASSES = { primary: 'pri', ghost: 'ghost', danger: 'danger' } as const;

export function Button(props: ButtonProps) {
  const { label, name, kind, icon, isSmall, isIconOnly, isPressed, isDisabled, busy, type = 'button' } = props;
  const classes = [
    'btn',
    ...(kind === undefined ? [] : [CLASSES[kind]]),
    ...(isSmall === true ? ['small'] : []),
    ...(isIconOnly === true ? ['icon'] : []),
  ];
  const shown = busy === undefined ? icon : 'turn';
  return (
    <button
      type={type}
      class={classes.join(' ')}
      aria-label={name ?? (isIconOnly === true ? label : undefined)}
      title={isIconOnly === true ? (name ?? label) : undefined}
      aria-pressed={isPressed}
      aria-busy={busy === undefined ? undefined : true}
      disabled={isDisabled}
      tabIndex={props.tabIndex}
      onClick={(event) => {
        if (busy === undefined) props.onPress(event);
      }}
    >
      {shown !== undefined && <Icon name={shown} />}
      {isIconOnly === true ? undefined : (busy ?? label)}
    </button>
  );
}

interface LinkButtonProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly kind?: keyof typeof CLASSES;
  readonly name?: string;
  readonly isSmall?: boolean;
}

/** A link that looks like a button: it goes to another view. */
export const LinkButton = ({ href, children, kind, name, isSmall }: LinkButtonProps) => (
  <a
    class={['btn', kind === undefined ? '' : CLASSES[kind], isSmall === true ? 'small' : ''].join(' ')}
    href={href}
    aria-label={name}
  >
    {children}
  </a>
);
