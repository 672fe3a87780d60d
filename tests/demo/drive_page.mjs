/**
 * Drives the page in headless Chromium, and prints what it found as JSON.
 *
 *     node drive_page.mjs DEMO_WEB ADDRESS PHOTO LYING VIDEO CLIP PICTURES
 *
 * PHOTO, LYING and VIDEO are opened as files; CLIP (y4m) is what the camera sees. Screenshots go to the
 * folder PICTURES.
 */

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [web, address, photo, lying, video, clip, pictures] = process.argv.slice(2);
const require = createRequire(pathToFileURL(path.join(web, 'package.json')));
const { chromium } = require('playwright-core');

async function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const { default: packed } = await import(
    pathToFileURL(path.join(web, 'node_modules/@sparticuz/chromium/build/index.js'))
  );
  return packed.executablePath();
}

const browser = await chromium.launch({
  executablePath: await executable(),
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${clip}`,
  ],
});

const problems = [];
const elsewhere = [];

async function open(viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== new URL(address).origin) {
      elsewhere.push(request.url());
    }
  });
  await page.goto(address);
  await page.waitForFunction(() => window.headPose.ready, null, { timeout: 60000 });
  return page;
}

async function settled(page, least) {
  for (;;) {
    const found = await page.evaluate(() => window.headPose.settled());
    if (found && found.records.length >= least) return found;
    await page.waitForTimeout(5);
  }
}

/** How long the page's thread has worked, whatever else the machine did, for so many frames. */
async function worked(page, session) {
  const { metrics } = await session.send('Performance.getMetrics');
  const { value } = metrics.find(({ name }) => name === 'TaskDuration');
  const frames = await page.evaluate(() => window.headPose.records().at(-1).frame);
  return { seconds: value, frames };
}

const desktop = await open({ width: 1280, height: 800 });
await desktop.setInputFiles('#file', photo);
const ofPhoto = (await settled(desktop, 1)).records;
await desktop.screenshot({ path: path.join(pictures, 'desktop_photo.png') });

// The keyboard alone saves the records, and starts and stops the camera.
await desktop.focus('#export');
const [download] = await Promise.all([
  desktop.waitForEvent('download'),
  desktop.keyboard.press('Enter'),
]);
await download.saveAs(path.join(pictures, 'records.json'));
await desktop.setInputFiles('#file', lying);
const ofLying = (await settled(desktop, 1)).records;
await desktop.selectOption('#every', '1');
await desktop.selectOption('#draw', 'cube');
await desktop.focus('#camera');
await desktop.keyboard.press('Enter');
const ofCamera = await settled(desktop, 1);
await desktop.selectOption('#every', '4');
const session = await desktop.context().newCDPSession(desktop);
await session.send('Performance.enable', { timeDomain: 'threadTicks' });
const before = await worked(desktop, session);
await desktop.waitForTimeout(3000);
const after = await worked(desktop, session);
const rate = await desktop.evaluate(() => window.headPose.rate);
const work = (1000 * (after.seconds - before.seconds)) / (after.frames - before.frames);
await desktop.screenshot({ path: path.join(pictures, 'desktop_camera.png') });
await desktop.focus('#camera');
await desktop.keyboard.press('Enter');
const stream = await desktop.evaluate(() => window.headPose.records());
const spoken = await desktop.textContent('#status');

await desktop.setInputFiles('#file', video);
await desktop.waitForFunction(
  () => /: \d+ frames, /.test(document.getElementById('status').textContent),
  null,
  { timeout: 120000 },
);
const ofVideo = await desktop.evaluate(() => window.headPose.records());

const phone = await open({ width: 390, height: 844 });
await phone.setInputFiles('#file', photo);
await settled(phone, 1);
const overflow = await phone.evaluate(
  () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
);
await phone.screenshot({ path: path.join(pictures, 'phone.png'), fullPage: true });

await browser.close();
console.log(
  JSON.stringify({
    photo: ofPhoto,
    lying: ofLying,
    camera: ofCamera,
    video: ofVideo,
    stream,
    rate,
    work,
    spoken,
    overflow,
    problems,
    elsewhere,
  }),
);
