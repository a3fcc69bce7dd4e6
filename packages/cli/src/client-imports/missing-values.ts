import type { ImportPlanRow } from '@clarity-runtime/core/internal';

/** Values that a server of an import lacks, and the commands that give them. */
export interface MissingValues {
  /** Descriptions, or names without one. */
  readonly needs: readonly string[];
  readonly fix: string;
}

/** Returns the values without an answer; undefined if the server is complete. */
export function missingValues(
  { planned, needs }: ImportPlanRow,
  service: string,
  answers: ReadonlyMap<string, string>,
): MissingValues | undefined {
  const open = needs.filter(({ name }) => !answers.has(name));
  if (planned === undefined || open.length === 0) return undefined;
  const names = new Set(open.map(({ name }) => name));
  const lacks = (parts: (typeof planned)['head']): boolean =>
    parts.some((part) => part.type === 'need' && names.has(part.need.name));
  const part = planned.isRemote ? 'header' : 'env';
  const keys = [
    ...planned.pairs.flatMap(({ name, value }) => (lacks(value) ? [[`${part}.${name}`, value] as const] : [])),
    ...planned.query.flatMap(({ name, value }) => (lacks(value) ? [[`query.${name}`, value] as const] : [])),
  ];
  // A value in the address or in an argument is a part of a longer text.
  const isInText = [planned.head, ...planned.args].some(lacks);
  const steps = [
    ...keys.map(([key, value]) => `\`clarityctl set ${service} ${key}=@-\`${shapeOf(value)}`),
    ...(isInText ? [`\`clarityctl edit ${service}\``] : []),
    `\`clarityctl enable ${service}\``,
  ];
  return { needs: open.map(({ name, description = name }) => description), fix: steps.join(', then ') };
}

/** Returns the form of a value of several parts, as `Bearer <value>`; nothing for one that is missing as a whole. */
function shapeOf(parts: NonNullable<ImportPlanRow['planned']>['head']): string {
  if (parts.length < 2) return '';
  const text = parts.map((part) => (part.type === 'text' ? part.text : '<value>')).join('');
  return ` (as "${text.slice(0, MAX_SHAPE)}")`;
}

const MAX_SHAPE = 60;
