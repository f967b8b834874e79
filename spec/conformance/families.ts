import { amqp10 } from './families/amqp10.js';
import { header } from './families/header.js';
import { resets } from './families/resets.js';
import { startOk } from './families/start-ok.js';
import { stuck } from './families/stuck.js';
import { tls } from './families/tls.js';
import { unread } from './families/unread.js';
import type { Family } from './family.js';

/** All families of scripts, by the names that the command line takes. */
export const FAMILIES = {
  header,
  tls,
  amqp10,
  'start-ok': startOk,
  stuck,
  resets,
  unread,
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;
