import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProxyOverview } from '../../control/overview.js';
import { Badge } from '../badge.js';
import { ConfirmDialog } from '../confirm-dialog.js';
import type { Control } from '../control.js';
import { EmptyState } from '../empty-state.js';
import { count } from '../format.js';
import type { Live } from '../live.js';
import { Problem } from '../problem.js';
import { healthChecksText } from '../proxies/health-checks-text.js';
import { fragmentOf } from '../route.js';
import { Switch } from '../switch.js';
import { useAction } from '../use-action.js';
import type { ViewProps } from './view.js';

/** The proxies: where they listen, where they lead, what they know about the broker. They can be taken down and up. */
export function ProxiesView({ control, live, state: { overview } }: ViewProps): JSX.Element {
  if (overview === null) return <p class="quiet">Waiting for the first answer of rabbit-snare.</p>;
  const { proxies } = overview;
  if (proxies.length === 0) {
    return (
      <EmptyState title="There is no proxy">
        <p>Add one to the configuration file, or create one with a Toxiproxy client.</p>
      </EmptyState>
    );
  }
  return (
    <div class="proxies">
      {proxies.map((proxy) => (
        <OneProxy key={proxy.name} proxy={proxy} control={control} live={live} />
      ))}
    </div>
  );
}

function OneProxy({
  proxy,
  control,
  live,
}: {
  readonly proxy: ProxyOverview;
  readonly control: Control;
  readonly live: Live;
}): JSX.Element {
  const { name, enabled, open } = proxy;
  const [isAsking, ask] = useState(false);
  const { run, isRunning, problem } = useAction();
  const change = async (to: boolean): Promise<void> => {
    await control.ask('PATCH', `/overview/proxies/${encodeURIComponent(name)}`, { enabled: to });
    await live.refresh();
  };
  return (
    <section class={`panel proxy ${enabled ? '' : 'down'}`} aria-label={name}>
      <header>
        <h3>{name}</h3>
        {enabled ? <Badge kind="info">up</Badge> : <Badge kind="fault">down</Badge>}
        <div class="actions">
          <Switch
            on={enabled}
            label={`Proxy ${name}`}
            disabled={isRunning}
            onChange={(to) => (to ? void run(() => change(true)) : ask(true))}
          />
        </div>
      </header>
      <Problem message={problem} />
      <Facts proxy={proxy} />
      {isAsking && (
        <ConfirmDialog
          title={`Take ${name} down?`}
          confirm="Take it down"
          isDangerous
          action={() => change(false)}
          onClose={() => ask(false)}
        >
          <p>
            Clients cannot connect until it is up again.{' '}
            {open === 0
              ? 'It has no open connections.'
              : `${open === 1 ? 'Its open connection is' : `Its ${count(open)} open connections are`} ended.`}
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function Facts({
  proxy: { name, listen, upstream, upstreamState, mode, dialect, learned, open, healthChecks },
}: {
  readonly proxy: ProxyOverview;
}): JSX.Element {
  return (
    <dl class="facts">
      <div>
        <dt>Listens on</dt>
        <dd class="mono">{listen}</dd>
      </div>
      <div>
        <dt>Upstream</dt>
        <dd>
          <span class="mono">{upstream === 'stand-in' ? 'stand-in (built in, handshake only)' : upstream}</span>{' '}
          <span class="quiet small">{upstreamState === null ? '' : UPSTREAM_STATES[upstreamState]}</span>
        </dd>
      </div>
      <div>
        <dt>Open connections</dt>
        <dd>
          <a href={fragmentOf({ view: 'open', filter: { proxy: name } })}>{count(open)}</a>
        </dd>
      </div>
      <div>
        <dt>Mode</dt>
        <dd>
          {mode} <span class="quiet small">{MODES[mode]}</span>
        </dd>
      </div>
      <div>
        <dt>Dialect</dt>
        <dd>
          {dialect} <span class="quiet small">{learnedText(dialect, learned)}</span>
        </dd>
      </div>
      <div class="wide">
        <dt>Health checks</dt>
        {healthChecksText(healthChecks).map((line) => (
          <dd key={line}>{line}</dd>
        ))}
      </div>
    </dl>
  );
}

const UPSTREAM_STATES = { up: 'up', down: 'down: connects are refused' } as const;

const MODES = { guard: 'refuses what the broker would refuse', observe: 'forwards everything' } as const;

function learnedText(dialect: string, learned: ProxyOverview['learned']): string {
  if (learned === null) return dialect === 'auto' ? 'nothing learned yet' : '';
  const { product, version, dialect: as } = learned;
  return `learned ${as} from ${[product, version].filter(Boolean).join(' ')}`;
}
