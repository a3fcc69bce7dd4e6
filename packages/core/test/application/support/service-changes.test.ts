import { expect, test } from '@jest/globals';
import { ServiceChanges } from '../../../src/application/support/service-changes.ts';

test('ServiceChanges raises removed, changed and interface-changed in this order', () => {
  const changes = new ServiceChanges();
  const heard: string[] = [];
  for (const kind of ['interface-changed', 'changed', 'removed'] as const) {
    changes.on(kind, (serviceId) => heard.push(`${kind} ${serviceId}`));
  }
  changes.raiseAll('a', false);
  changes.raiseAll('b', true);
  expect(heard).toEqual(['changed a', 'interface-changed a', 'removed b', 'changed b', 'interface-changed b']);
});

test('ServiceChanges calls listeners in order of subscription until they unsubscribe', () => {
  const changes = new ServiceChanges();
  const heard: string[] = [];
  const listener = (serviceId: string): void => {
    heard.push(serviceId);
  };
  const stopFirst = changes.on('changed', listener);
  changes.on('changed', listener);
  changes.raise('changed', 'a');
  stopFirst();
  stopFirst();
  changes.raise('changed', 'b');
  expect(heard).toEqual(['a', 'a', 'b']);
});
