import type { ComponentChildren, VNode } from 'preact';

type View = (props: object) => ComponentChildren;

const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${String(mark.charCodeAt(0))};`);

/** A view without state as the HTML that a browser would hold; handlers are left out. */
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

/** What a reader sees: the text, with one space where an element ends. */
export const seen = (node: ComponentChildren): string =>
  html(node)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_mark, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
