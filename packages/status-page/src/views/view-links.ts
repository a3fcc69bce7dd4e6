/** The views of the navigation, in its order. */
export const VIEW_LINKS = [
  { key: 'overview', label: 'Overview', href: '#/' },
  { key: 'services', label: 'Services', href: '#/services' },
  { key: 'calls', label: 'Calls', href: '#/calls' },
  { key: 'review', label: 'Review', href: '#/review' },
  { key: 'audit', label: 'Audit', href: '#/audit' },
  { key: 'clients', label: 'Clients', href: '#/clients' },
  { key: 'secrets', label: 'Secrets', href: '#/secrets' },
  { key: 'access', label: 'Access', href: '#/access' },
  { key: 'add', label: 'Add', href: '#/add' },
  { key: 'settings', label: 'Settings', href: '#/settings' },
] as const;

export type ViewKey = (typeof VIEW_LINKS)[number]['key'];
