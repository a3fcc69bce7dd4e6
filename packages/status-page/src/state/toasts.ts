import { signal } from '@preact/signals';

/** One message at the edge of the page. */
export interface ToastMessage {
  readonly id: number;
  readonly text: string;
  readonly undo?: () => void;
}

const SHOWN_MS = 4_000;
const UNDO_MS = 8_000;

export const toasts = signal<readonly ToastMessage[]>([]);
/** Text for screen readers only. */
export const announced = signal('');

let last = 0;

/** Shows a message for 4 s, or for 8 s with Undo. */
export function showToast(text: string, undo?: () => void): void {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value.slice(-4), { id, text, ...(undo === undefined ? {} : { undo }) }];
  setTimeout(
    () => {
      dropToast(id);
    },
    undo === undefined ? SHOWN_MS : UNDO_MS,
  );
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
