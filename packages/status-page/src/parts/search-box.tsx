import { Icon } from './icons.tsx';

interface SearchBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
  /** The key `/` focuses this box. */
  readonly isMain?: boolean;
}

export const SearchBox = ({ label, value, onSearch, isMain = false }: SearchBoxProps) => (
  <div class="search">
    <Icon name="search" />
    <input
      type="search"
      class={isMain ? 'filter' : ''}
      aria-label={label}
      placeholder={label}
      value={value}
      autocomplete="off"
      spellcheck={false}
      onInput={(event) => {
        onSearch(event.currentTarget.value);
      }}
    />
    {isMain && <kbd aria-hidden="true">/</kbd>}
  </div>
);
