import { expect, test } from '@jest/globals';
import { openPage } from './support/browser.ts';
import { runningServices, troubledState } from './support/scripted-state.ts';
import { suitePage } from './support/suite-page.ts';

const suite = suitePage();
const NETWORK = /Failed to load resource|ERR_/;

test('checks 1, 6: a problem that begins appears with its line and its fix, in the title and in the icon', async () => {
  suite.daemon.state = { ...troubledState(0), services: runningServices(3), problems: [], approvals: [] };
  const page = await suite.open();
  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  const icon = await page.locator('link[rel="icon"]').getAttribute('href');
  const [service] = suite.daemon.state.services;
  const problem = {
    id: 'p',
    code: 'START_FAILED',
    severity: 'error',
    state: 'failing',
    since: new Date().toISOString(),
    count: 1,
    services: [service?.id],
    source: 'stderr',
    line: 'FATAL: no key',
    meaning: 'It exits at its start.',
    fix: { kind: 'retry' },
  };
  suite.daemon.send('state', { changed: [{ ...service, state: 'failing', cause: 'p' }], removed: [] });
  suite.daemon.send('problems', { items: [problem], total: 1 });
  await page.getByText('FATAL: no key').waitFor();
  await page.getByRole('button', { name: /^Retry/ }).click();
  await page.getByText('1 service restarted.').waitFor();
  expect(suite.daemon.seen.map(({ path }) => path)).toContain(`/api/services/${String(service?.id)}/restart`);
  expect(await page.title()).toBe('(1) Overview · Clarity');
  expect(await page.locator('link[rel="icon"]').getAttribute('href')).not.toBe(icon);
});

test('[why.one-status-surface] checks 2, 3: at 1,000 services the group of one cause is on the first screen, and Retry all acts on each', async () => {
  suite.daemon.state = troubledState(1_000);
  for (const [width, height] of [
    [1600, 900],
    [390, 844],
  ] as const) {
    await using sized = await openPage(suite.browser, suite.daemon.url, '/', { width, height });
    const row = sized.page.locator('.prob').first();
    await row.waitFor();
    expect((await row.boundingBox())?.y ?? height).toBeLessThan(height - 200);
    expect(await row.innerText()).toContain('20 services');
  }
  const page = await suite.open();
  await page.getByRole('button', { name: 'Retry all (20 services)' }).click();
  await page.getByText('20 services restarted.').waitFor();
  expect(suite.daemon.seen.filter(({ path }) => path.endsWith('/restart'))).toHaveLength(20);
});

test('checks 4, 5: the counts of the states add up, and a stopped service is not a problem', async () => {
  const page = await suite.open('/services');
  await page.locator('.grid [role="row"]').nth(3).waitFor();
  const counts = await page.locator('.chips .chip .num').allInnerTexts();
  const [all = 0, problems = 0, ...states] = counts.map(Number);
  expect(states.reduce((sum, count) => sum + count, 0)).toBe(all);
  expect(problems).toBe(5);
});

test('check 8: without a service the page shows three steps', async () => {
  suite.daemon.state = { services: [], problems: [], approvals: [], calls: [], events: [] };
  const page = await suite.open();
  await page.getByRole('heading', { name: 'No services yet' }).waitFor();
  expect(await page.locator('.steps > li').count()).toBe(3);
});

test('check 10: the keys go through views, rows and tabs', async () => {
  const page = await suite.open();
  await page.locator('.prob').first().waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.locator('.grid.services').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('1 service selected').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('tablist', { name: 'Service' }).waitFor();
  await page.keyboard.press('4');
  await page.getByRole('tab', { name: 'Policy', selected: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('tablist', { name: 'Service' }).waitFor({ state: 'detached' });
  await page.keyboard.press('n');
  await page.locator('.insp-head').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.keyboard.type('0005');
  await page
    .locator('.grid.services .canvas [role="row"]')
    .first()
    .getByText('team5-service-0005', { exact: true })
    .waitFor();
});

test('check 11: each column sorts, is announced and is stable', async () => {
  const page = await suite.open('/services');
  for (const name of [
    'Name',
    'State',
    'Command or address',
    'Calls / min',
    'Errors',
    'p95',
    'Tools',
    'Tokens',
    'Since',
  ]) {
    const header = page.getByRole('columnheader', { name, exact: true });
    await header.getByRole('button').click();
    const first = await header.getAttribute('aria-sort');
    await header.getByRole('button').click();
    expect([first, await header.getAttribute('aria-sort')].sort()).toEqual(['ascending', 'descending']);
  }
});

test('check 14: a bulk action names each failure', async () => {
  const page = await suite.open('/services');
  await page.locator('.grid.services').focus();
  suite.daemon.broken.add('/api/services/svc_0000000000000006/restart');
  for (let index = 0; index < 3; index += 1) {
    await page.keyboard.press('x');
    await page.keyboard.press('j');
  }
  await page.getByRole('group', { name: 'Selected services' }).getByRole('button', { name: 'Restart' }).click();
  await page.getByText('2 services restarted. 1 service failed: team6-service-0006.').waitFor();
});

test('check 15: Stop has Undo, and Remove needs the name', async () => {
  const page = await suite.open('/services/team0-service-0000');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('team0-service-0000 runs.').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('wrong');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByText('The text is not team0-service-0000.').waitFor();
  expect(suite.daemon.seen.some(({ method }) => method === 'DELETE')).toBe(false);
});

test('checks 16, 35: a deep link survives the sign-in, and a wrong token is shown at the field', async () => {
  suite.daemon.signOut();
  const page = await suite.open('/services/team0-service-0000/tools/post_entry', NETWORK);
  await page.getByRole('textbox', { name: 'Token' }).fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('This token is not valid.').waitFor();
  await page.getByRole('textbox', { name: 'Token' }).fill('right');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'post_entry' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'post_entry' }).waitFor();
  const kept = await page.evaluate(() => [
    Object.keys(sessionStorage),
    JSON.stringify(Object.entries(localStorage)),
    location.href,
  ]);
  expect(kept[0]).toEqual(['x-clarity-page']);
  expect(JSON.stringify(kept)).not.toContain('right');
});
