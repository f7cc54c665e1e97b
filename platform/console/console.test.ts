import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@tradewind/client/client.ts';
import { play } from '@tradewind/demo/play.ts';
import { register } from '@tradewind/demo/register.ts';
import { settledCount } from '@tradewind/demo/settled.ts';
import { workload } from '@tradewind/demo/workload.ts';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { RunningPlatform } from '../../test/running-platform.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const ARGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const IMAGES = path.resolve(import.meta.dirname, '../../docs/images');
/** Pictures for the documentation, of a platform under load: SCREENSHOTS=1. */
const pictures = process.env['SCREENSHOTS'] === '1';
const orders = pictures ? 5_000 : 30;

const executablePath = BROWSERS.find((each) => existsSync(each));
const advice = 'the console is tested in a real browser, and none is installed: apt-get install chromium';

let running: RunningPlatform;
let browser: Browser;
let client: Client;

if (executablePath === undefined) withoutBrowser();
else withBrowser(executablePath);

function withoutBrowser(): void {
  test('the console in a browser', () => {
    if (process.env['CI']) throw new Error(advice);
    process.stderr.write(`not tested: ${advice}\n`);
  });
}

function withBrowser(program: string): void {
  beforeAll(async () => {
    running = await RunningPlatform.start();
    browser = await chromium.launch({ executablePath: program, args: ARGS });
    client = new Client({ origin: () => running.platform.origin, token: () => running.token('operator'), persist: 5_000 });
    await register(client, plan, 'console', () => undefined);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await browser.close();
    await running.stop();
  });

  test('an order placed by keyboard is watched until it is confirmed, and the ledger is seen to hold', placesAnOrder, 180_000);
  test('the read model is rebuilt, compared, and gone back to, by keyboard', rebuilds, 60_000);
  test.each([['desktop', DESKTOP], ['phone', PHONE]] as const)('everything on the page has a name and fits, on a %s', fits, 60_000);
}

const plan = workload(3, { products: 60, customers: 20, orders });

/** Opens the console and notes whatever goes wrong on the page; `use` looks at it. */
async function onConsole(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ...options, locale: 'en-GB' });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) wrong.push(message.text()); });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('requestfailed', (request) => wrong.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => { if (response.status() >= 400) wrong.push(`${response.url()} ${response.status()}`); });
  await page.goto(`${running.platform.origin}/console`);
  await page.getByText('live', { exact: true }).waitFor();
  await use(page);
  expect(wrong).toEqual([]);
  await context.close();
}

/** Tabs on until the control of this name has the focus. */
async function tabTo(page: Page, role: 'textbox' | 'combobox' | 'spinbutton' | 'button', name: string): Promise<void> {
  const control = page.getByRole(role, { name, exact: true });
  await control.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if (await control.and(page.locator(':focus')).count() === 1) return;
  }
  throw new Error(`no way by keyboard to ${role} ${name}`);
}

async function placesAnOrder(): Promise<void> {
  let over = false;
  const load = playing(() => over);
  await onConsole({ viewport: DESKTOP, colorScheme: 'light' }, async (page) => {
    await tabTo(page, 'textbox', 'Customer');
    await page.keyboard.type('c-0002');
    await tabTo(page, 'combobox', 'Product');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'spinbutton', 'Quantity');
    await page.keyboard.type('2');
    await tabTo(page, 'button', 'Add a line');
    await page.keyboard.press('Enter');
    await tabTo(page, 'button', 'Place the order');
    await page.keyboard.press('Enter');
    const trail = page.getByRole('region', { name: /^Order / });
    await trail.getByText('confirmed', { exact: true }).waitFor();
    for (const event of ['OrderPlaced', 'CreditReserved', 'StockReserved', 'PaymentTaken', 'OrderConfirmed']) await trail.getByText(event, { exact: true }).first().waitFor();
    if (pictures) await photograph(page);
    over = true;
    await load;
    await tabTo(page, 'button', 'Check the ledger');
    await page.keyboard.press('Enter');
    const ledger = page.getByRole('region', { name: 'Ledger' });
    await ledger.getByText('holds', { exact: true }).waitFor();
    expect(await ledger.getByRole('listitem').count()).toBeGreaterThan(8);
    expect(await ledger.getByLabel('breach', { exact: true }).count()).toBe(0);
    await page.getByText(/^Your order .* is confirmed$/).first().waitFor();
  });
  expect(await running.verdict()).toMatchObject({ holds: true, inFlight: 0 });
}

async function rebuilds(): Promise<void> {
  await onConsole({ viewport: DESKTOP, colorScheme: 'light' }, async (page) => {
    const panel = page.getByRole('region', { name: 'Read model' });
    await panel.getByText('never rebuilt', { exact: true }).waitFor();
    await tabTo(page, 'button', 'Rebuild from the log');
    await page.keyboard.press('Enter');
    await panel.getByText('done', { exact: true }).waitFor();
    await panel.getByText(/^Both were equal: /).waitFor();
    await panel.getByText(/^read before: /).waitFor();
    const { startedAt } = await lastRebuild();
    await tabTo(page, 'button', 'Go back to the one before');
    await page.keyboard.press('Enter');
    for (let last = await lastRebuild(); last.startedAt === startedAt || last.state !== 'done'; last = await lastRebuild()) await sleep(50);
    await panel.getByRole('button', { name: 'Drop the one before' }).click();
    await panel.getByText(/^read before: /).waitFor({ state: 'detached' });
  });
  expect(await running.verdict()).toMatchObject({ holds: true });
}

async function lastRebuild(): Promise<{ state: string; startedAt?: string }> {
  return (await client.send({ method: 'GET', path: '/history/rebuild' })).body as { state: string; startedAt?: string };
}

/** Orders of the demo's generator, until it is told that it is over. */
async function playing(over: () => boolean): Promise<void> {
  const steps = function* () {
    for (const step of plan.steps()) {
      if (over()) return;
      yield pictures ? { ...step, gapMs: step.gapMs + 30 } : step;
    }
  };
  await play(steps(), {
    client, run: 'console', window: 60, settled: () => settledCount(client), progress: () => undefined,
    acknowledged: (orderId) => { running.acknowledged.add(orderId); },
  });
}

async function photograph(page: Page): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  await sleep(40_000); // the chart is to show something
  await page.getByRole('button', { name: 'Check the ledger' }).click();
  await page.getByRole('region', { name: 'Ledger' }).getByRole('listitem').first().waitFor();
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
  await page.screenshot({ path: path.join(IMAGES, 'console.png'), fullPage: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  await sleep(1_500);
  await page.screenshot({ path: path.join(IMAGES, 'console-dark.png'), fullPage: true });
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'light' });
  await sleep(1_500);
  await page.screenshot({ path: path.join(IMAGES, 'console-phone.png') });
  await page.setViewportSize(DESKTOP);
}

async function fits(_: string, viewport: { width: number; height: number }): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    await onConsole({ viewport, colorScheme }, async (page) => {
      await page.getByRole('button', { name: /^[\w-]{8,}/ }).first().click();
      await page.getByRole('region', { name: /^Order / }).getByRole('listitem').first().waitFor();
      await page.getByRole('button', { name: 'Check the ledger' }).click();
      await page.getByRole('region', { name: 'Ledger' }).getByText('holds', { exact: true }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      const snapshot = await page.locator('body').ariaSnapshot();
      expect(snapshot.split('\n').filter((line) => /^\s*- (button|link|textbox|combobox|spinbutton|region|img|heading)(?! ")/.test(line))).toEqual([]);
      expect(snapshot).toMatch(/heading "Orders on their way"/);
    });
}
