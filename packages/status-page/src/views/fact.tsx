export interface FactProps {
  readonly name: string;
  readonly value: string;
  /** Adds a dot; the value says the same in words. */
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
