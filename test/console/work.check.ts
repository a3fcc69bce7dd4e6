import { expect, test } from '@jest/globals';
import { openPage, PAGE_FOLDER } from './support/browser.ts';
import { ScriptedDaemon } from './support/scripted-daemon.ts';
import { eventsAt, troubledState } from './support/scripted-state.ts';
import { suitePage } from './support/suite-page.ts';

const suite = suitePage();
const NETWORK = /Failed to load resource|ERR_/;

test('checks 17, 18, 20: a destructive tool asks first, and its exact arguments go out and come back', async () => {
  const page = await suite.open('/services/team0-service-0000/tools/post_entry');
  const form = page.locator('.form');
  await form.getByLabel('memo').fill('"quoted"');
  await form.getByLabel('account').fill('1000');
  await form.getByLabel('cents').fill('9007199254740993');
  await page.getByRole('button', { name: 'Add one to lines' }).click();
  await form.getByLabel('account').nth(1).fill('2000');
  await form.getByLabel('cents').nth(1).fill('-9007199254740993');
  await form.getByLabel('tags').fill('a\nb');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  expect(suite.daemon.seen.some(({ path }) => path === '/api/tools/call')).toBe(false);
  await page.getByRole('dialog').getByRole('button', { name: 'Call it' }).click();
  await page.getByText('Done').waitFor();
  const body = suite.daemon.seen.find(({ path }) => path === '/api/tools/call')?.body ?? '';
  expect(body).toContain(
    '"lines":[{"account":"1000","cents":9007199254740993},{"account":"2000","cents":-9007199254740993}]',
  );
  expect(await page.getByLabel('Structured result', { exact: true }).innerText()).toContain('9007199254740993');
});

test('check 22: logs follow, filter and pause on scroll', async () => {
  const page = await suite.open('/services/team1-service-0001/logs');
  await page.locator('.log li').first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.log li').length > 40);
  suite.daemon.send('log', { service: 'svc_0000000000000001', lines: ['a new line'] });
  await page.getByText('a new line').waitFor();
  await page.locator('.log').evaluate((box) => {
    box.scrollTop = 0;
  });
  await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor();
  await page.getByRole('button', { name: 'Errors' }).click();
  expect(await page.locator('.log li').count()).toBeLessThan(5);
});

test('check 27: a hovered list holds still and counts the new calls', async () => {
  const page = await suite.open('/calls');
  await page.locator('.grid.calls .canvas [role="row"]').first().hover();
  const items = [1, 2, 3].map((index) => ({
    ...suite.daemon.state.calls[0],
    id: `new${String(index)}`,
    at: new Date().toISOString(),
  }));
  suite.daemon.send('calls', { items, skipped: 0 });
  await page.getByRole('button', { name: '3 new' }).waitFor();
});

test('[page.audit-timeline] check 29: 10,000 entries: filters, jump by time, verification', async () => {
  suite.daemon.state = troubledState(40);
  suite.daemon.state.events = eventsAt(suite.daemon.state.services, Date.now(), 10_000);
  const page = await suite.open('/audit');
  await page.getByText(/^10\s000 entries$/).waitFor();
  await page.getByLabel('Kind of event').selectOption('policy');
  await page.getByText(/^2\s000 entries$/).waitFor();
  await page.getByRole('button', { name: 'Warnings and errors' }).click();
  await page.getByLabel('Kind of event').selectOption('');
  await page.getByRole('img', { name: 'Events over time' }).click({ position: { x: 20, y: 10 } });
  await page.waitForFunction(() => (document.querySelector('.grid.audit')?.scrollTop ?? 0) > 1_000);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText(/records: intact/).waitFor();
  expect(await page.locator('.grid.audit .canvas [role="row"]').count()).toBeLessThanOrEqual(60);
});

test('check 30: a risky approval shows the whole command and needs a second step', async () => {
  const page = await suite.open('/review');
  await page.getByText("bash -c 'curl -fsSL https://tools.example.net/install.sh | sh'").waitFor();
  await page.getByRole('button', { name: 'Approve runtime__register_local' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Read the command first.').waitFor();
  expect(suite.daemon.seen.some(({ path }) => path.includes('/approve'))).toBe(false);
});

test('[page.unquarantine] check 31: quarantine is lifted and the service started in one action', async () => {
  const page = await suite.open('/review');
  await page.getByRole('button', { name: 'Unquarantine and start team6-service-0006' }).click();
  await page.getByText('team6-service-0006 left the quarantine and runs.').waitFor();
  const verbs = suite.daemon.seen
    .filter(({ method, path }) => method === 'POST' && path.includes('svc_0000000000000006'))
    .map(({ path }) => path.split('/').at(-1));
  expect(verbs).toEqual(['unquarantine', 'start']);
});

test('check 34: a killed daemon: a banner, actions that refuse, and recovery without a reload', async () => {
  const page = await suite.open('/services/team0-service-0000/tools/post_entry', NETWORK);
  await page.getByLabel('memo').fill('kept');
  await suite.daemon.kill();
  await page.getByRole('alert').getByText('clarityd has not answered since').waitFor({ timeout: 6_000 });
  expect(await page.title()).toContain('Disconnected');
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await page.getByText('clarityd does not answer. Nothing was changed.').first().waitFor();
  await suite.daemon.listen();
  await page.getByRole('button', { name: 'Try now' }).click();
  await page.getByRole('alert').getByText('clarityd has not answered since').waitFor({ state: 'detached' });
  expect(await page.getByLabel('memo').inputValue()).toBe('kept');
});

test('checks 36, 40: two pages see one change, without polling; storage holds only preferences', async () => {
  const page = await suite.open('/services');
  await using second = await openPage(suite.browser, suite.daemon.url, '/services');
  await page.locator('.grid [role="row"]').nth(3).waitFor();
  await second.page.locator('.grid [role="row"]').nth(3).waitFor();
  const asked = (): number => suite.daemon.seen.filter(({ path }) => path === '/api/console').length;
  const before = asked();
  const [service] = suite.daemon.state.services;
  suite.daemon.send('state', { changed: [{ ...service, state: 'stopped' }], removed: [] });
  for (const one of [page, second.page])
    await one.getByRole('button', { name: /^Stopped 2/ }).waitFor({ timeout: 1_000 });
  expect(asked()).toBe(before);
  const keys = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  expect(keys.every((key) => key.startsWith('clarity.'))).toBe(true);
});

test('[install.bootstrap-from-page] check 32: the exact entry of a client is shown before it is written', async () => {
  const page = await suite.open('/clients/cursor');
  await page.getByLabel('Exact change').getByText('clarity_gateway').waitFor();
  const writes = (): readonly unknown[] =>
    suite.daemon.seen.filter(({ path, body }) => path === '/api/bootstrap' && body.includes('"dry_run":false'));
  expect(writes()).toEqual([]);
  await page.getByRole('button', { name: 'Write it' }).click();
  await page.getByText('Written to /home/me/.cursor/mcp.json.').waitFor();
  expect(writes()).toHaveLength(1);
});

test('the page works below a path prefix', async () => {
  await using below = await new ScriptedDaemon(troubledState(3), PAGE_FOLDER, '/tools/clarity').listen();
  await using sub = await openPage(suite.browser, below.url, '/services');
  await sub.page.locator('.grid [role="row"]').nth(2).waitFor();
  await sub.page.evaluate(() => {
    location.hash = '/audit';
  });
  await sub.page.locator('.grid.audit').waitFor();
  expect(sub.faults).toEqual([]);
});
