const PATHS = {
  overview: 'M2.5 9.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 2.5h4v4h-4zM9.5 9.5h4v4h-4z',
  services: 'M2.5 3.5h11v3.5h-11zM2.5 9h11v3.5h-11zM5 5.25h0M5 10.75h0',
  calls: 'M2 5h10M9.5 2.5 12 5 9.5 7.5M14 11H4M6.5 8.5 4 11l2.5 2.5',
  review: 'M3.5 14V2.5h8l-2 3 2 3h-8',
  audit: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 8 2c2 0 3.8 1 4.9 2.5M13 2v2.7h-2.7',
  clients: 'M5.5 2v3M10.5 2v3M3.5 5h9v3a4.5 4.5 0 0 1-9 0zM8 12.5V15',
  secrets: 'M10.5 9.5a4 4 0 1 0-3.9-3L2 11v3h3l.5-2 2-.5.5-2zM11 5h0',
  access: 'M8 1.5 13.5 4v4c0 3-2.3 5.5-5.5 6.5C4.8 13.5 2.5 11 2.5 8V4z',
  add: 'M8 3v10M3 8h10',
  settings: 'M2 5h7M12 5h2M2 11h2M7 11h7M9 3.5v3M12 3.5v3M4 9.5v3M7 9.5v3M9 5h3M4 11h3',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M4.5 3v10l8-5z',
  turn: 'M13.5 8A5.5 5.5 0 1 1 11.5 3.7M13.5 2v3h-3',
  down: 'M8 2.5v8M4.5 7 8 10.5 11.5 7M3 13.5h10',
  more: 'M3.5 8h0M8 8h0M12.5 8h0',
  back: 'M9.5 3 4.5 8l5 5',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.3 6.3a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.2M8 11.3h0',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M8 5h4.7M8 8h6M8 11h4.7',
  up: 'M4 9.5 8 5.5l4 4',
  dn: 'M4 6.5 8 10.5l4-4',
  stop: 'M4 4h8v8H4z',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="ic" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
