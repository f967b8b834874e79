import test from 'ava';
import { type Chromium, startChromium } from './chromium.js';

let shared: Promise<Chromium> | undefined;

/** Returns the Chromium of this spec file. It is started at the first call and stopped after the last test. */
export async function sharedChromium(): Promise<Chromium> {
  shared ??= startChromium();
  return shared;
}

test.after.always('Chromium is stopped', async () => {
  const started = await shared?.catch(() => undefined);
  await started?.stop();
});
