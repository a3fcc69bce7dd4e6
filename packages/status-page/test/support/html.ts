import type { ComponentChildren, VNode } from 'preact';

type View = (props: object) => ComponentChildren;

/** A rendered element with its handlers. */
export type Host = VNode<Readonly<Record<string, unknown>>> & { readonly type: string };

const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${String(mark.charCodeAt(0))};`);

/** Returns the HTML of a view without state. Handlers are omitted. */
export function html(node: ComponentChildren): string {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (typeof node === 'string' || typeof node === 'number' || typeof node === 'bigint') return escape(String(node));
  if (Array.isArray(node)) return node.map(html).join('');
  const { type, props } = node as VNode<Record<string, unknown>>;
  if (typeof type === 'function') return html((type as View)(props));
  const inner = html(props['children']);
  const attributes = Object.entries(props)
    .filter(([name, value]) => name !== 'children' && typeof value === 'string')
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`);
  return `<${type}${attributes.join('')}>${inner}</${type}>`;
}

/** Returns the visible text, with one space at the end of each element. */
export const seen = (node: ComponentChildren): string =>
  html(node)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_mark, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();

/** Returns all elements of a view, outer elements first. */
export function hosts(node: ComponentChildren): readonly Host[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(hosts);
  const { type, props } = node as VNode<{ children?: ComponentChildren }>;
  if (typeof type === 'function') return hosts((type as View)(props));
  return [node as Host, ...hosts(props.children)];
}

/** Returns the button with this label or text. */
export function button(node: ComponentChildren, label: string): Host {
  const found = hosts(node).find((one) => one.type === 'button' && (one.props['aria-label'] ?? seen(one)) === label);
  if (found === undefined) throw new Error(`there is no button '${label}'`);
  return found;
}

/** Calls the click handler of an element. */
export const press = (node: ComponentChildren, label: string): void => {
  (button(node, label).props['onClick'] as () => void)();
};
