export interface FactProps {
  readonly name: string;
  readonly value: string;
  /** Adds a colored dot. The value contains the same information as text. */
  readonly tone?: 'good' | 'bad' | 'idle';
}

export function Fact({ name, value, tone }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={tone && `tone ${tone}`}>{value}</dd>
    </div>
  );
}
