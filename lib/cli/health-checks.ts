import type { CommandModule } from 'yargs';
import type { Flag } from '../config/flags.js';
import type { HealthChecks } from '../control/routes/health-checks.js';
import type { HealthCheckRow } from '../health-check/health-check-row.js';
import type { InvisibleChecks } from '../health-check/invisible-checks.js';
import { roughDuration } from '../text/rough-duration.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { print, printJson, printTable } from './print.js';

type Arguments = ControlArguments & { readonly [filter in 'source' | 'proxy' | 'style']: string | undefined };

const HEAD = ['source', 'proxy', 'style', 'period', 'jitter', 'count', 'level', 'entries/day', 'what', 'last seen'];

/** `health-checks`: prints the health checks that a running instance has seen, and what can be changed about them. */
export const healthChecksCommand: CommandModule<object, Arguments> = {
  command: 'health-checks',
  describe: 'List the health checks of each source',
  builder: (command) =>
    command.options({
      ...controlFlags,
      source: { type: 'string', requiresArg: true, description: 'Only those from this IP address.' },
      proxy: { type: 'string', requiresArg: true, description: 'Only those of this proxy.' },
      style: {
        type: 'string',
        requiresArg: true,
        syntax: 'STYLE',
        description: 'Only those of this style, such as no_data.',
      } satisfies Flag,
    }) as never,
  handler: async ({ source, proxy, style, json, ...where }) => {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries({ source, proxy, style })) if (value !== undefined) query.set(key, value);
    const found = await controlOf(where).ask<HealthChecks>('GET', `/health-checks?${query}`);
    if (json) {
      printJson(found);
      return;
    }
    printTable(HEAD, found.sources.map(row));
    const advices = new Set(found.sources.filter(({ established }) => established).map(adviceOf));
    for (const advice of advices) print(`\n${advice}`);
    print(`\n${invisibleLine(found.invisible)}`);
  },
};

function row(check: HealthCheckRow): string[] {
  const { source, proxy, style, periodMs, jitterMs, count, broker, guess, lastSeen } = check;
  return [
    source ?? '-',
    proxy,
    style,
    periodMs === null ? '-' : roughDuration(periodMs),
    jitterMs === null ? '-' : roughDuration(jitterMs),
    `${count}`,
    broker.level ?? '-',
    broker.entriesPerDay === null ? '-' : `${broker.entriesPerDay}`,
    guess === null ? '-' : `${guess.what} (${guess.confidence})`,
    lastSeen,
  ];
}

const adviceOf = ({ source, style, advice }: HealthCheckRow): string => `${source ?? '-'} ${style}: ${advice}.`;

function invisibleLine({ available, why, count, periodMs }: InvisibleChecks): string {
  if (!available) return `Checks that never complete the TCP handshake are not counted: ${why}.`;
  const often = periodMs === null ? '' : `, about one every ${roughDuration(periodMs)}`;
  return `Checks that never complete the TCP handshake, from unknown sources: ${count}${often}.`;
}
