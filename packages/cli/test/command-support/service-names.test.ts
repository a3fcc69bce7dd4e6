import { expect, test } from '@jest/globals';
import { ServiceNames } from '../../src/command-support/service-names.ts';

test('ServiceNames shows names, the id of an unknown service, and asks for it once', async () => {
  let items = [{ serviceId: 'svc_1', namespace: 'github' }];
  let asked = 0;
  const api = {
    services: () => {
      asked += 1;
      return Promise.resolve({ items });
    },
  };
  const names = await ServiceNames.of(api as never);
  expect([names.shown('svc_1'), names.shown('svc_2'), names.shown(undefined)]).toEqual(['github', 'svc_2', '-']);
  items = [...items, { serviceId: 'svc_2', namespace: 'files' }];
  for (const id of ['svc_1', 'svc_2', 'svc_3', 'svc_3', undefined]) await names.learn(id);
  expect([names.shown('svc_2'), names.shown('svc_3'), asked]).toEqual(['files', 'svc_3', 3]);
});

test('ServiceNames shows ids without the right to read services', async () => {
  const names = await ServiceNames.of({ services: () => Promise.reject(new Error('no')) });
  expect(names.shown('svc_1')).toBe('svc_1');
});
