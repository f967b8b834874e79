import type { JSX } from 'preact';
import { Panel } from '../panel.js';
import type { ViewProps } from '../views/view.js';
import { leaseKeeperOf } from './lease-keeper.js';
import { ScenarioRun } from './scenario-run.js';

/** The running scenarios; nothing if there are none. */
export function ScenarioList({
  control,
  live,
  state: { scenarios, overview },
  route: { selected },
  say,
}: ViewProps & {
  /** Announces what was done. */
  readonly say: (text: string) => void;
}): JSX.Element | null {
  if (scenarios.length === 0) return null;
  const keeper = leaseKeeperOf(control);
  const stop = async (id: string, name: string): Promise<void> => {
    await control.ask('DELETE', `/scenarios/${encodeURIComponent(id)}`);
    keeper.leave(id);
    await live.refresh();
    say(`Stopped ${name}. Its faults are removed.`);
    // The button that had the focus is gone.
    document.getElementById('main')?.focus({ preventScroll: true });
  };
  return (
    <Panel title="Running scenarios" class="scenarios">
      <ul class="scenario-list">
        {scenarios.map((scenario) => (
          <ScenarioRun
            key={scenario.id}
            scenario={scenario}
            hasSeveralProxies={(overview?.proxies.length ?? 0) > 1}
            isSelected={scenario.id === selected}
            isRenewed={keeper.keeps(scenario.id)}
            stop={() => stop(scenario.id, scenario.name ?? scenario.id)}
          />
        ))}
      </ul>
    </Panel>
  );
}
