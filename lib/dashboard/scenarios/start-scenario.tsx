import type { JSX, TargetedSubmitEvent } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import type { ScenarioFile, ScenarioView } from '../../control/scenario-view.js';
import { shell, urlFlag } from '../faults/as-command.js';
import { CodeBlock } from '../faults/code-block.js';
import { ProxyField } from '../faults/proxy-field.js';
import { Panel } from '../panel.js';
import { fragmentOf } from '../route.js';
import { useAction } from '../use-action.js';
import { usePolled } from '../use-polled.js';
import type { ViewProps } from '../views/view.js';
import { leaseKeeperOf } from './lease-keeper.js';
import { ScenarioFiles } from './scenario-files.js';
import { YamlField } from './yaml-field.js';

/** The files change only with the program. In ms. */
const EVERY = 3_600_000;

/** The form that starts a scenario: one that comes with the program, as it is or changed, or pasted YAML. */
export function StartScenario({
  control,
  live,
  state,
  say,
}: Pick<ViewProps, 'control' | 'live' | 'state'> & {
  /** Announces what was done. */
  readonly say: (text: string) => void;
}): JSX.Element {
  const id = useId();
  const { answer: files } = usePolled<ScenarioFile[]>(control, state.link === 'live' ? '/scenario-files' : null, EVERY);
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [chosenProxy, setProxy] = useState('');
  const { run, isRunning, problem } = useAction();
  const area = useRef<HTMLTextAreaElement>(null);
  const proxies = state.overview?.proxies.map((proxy) => proxy.name) ?? [];
  const proxy = proxies.includes(chosenProxy) ? chosenProxy : (proxies[0] ?? '');
  const query = new URLSearchParams({ ...(name !== '' && { name }), ...(proxies.length > 1 && { proxy }) }).toString();
  const path = `/scenarios${query && `?${query}`}`;
  const choose = (file: ScenarioFile): void => {
    setText(file.text);
    setName(file.name);
  };
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const isStarted = await run(async () => {
      const started = await control.ask<ScenarioView>('POST', path, text);
      leaseKeeperOf(control).keep(started);
      await live.refresh();
      say(`Started ${started.name ?? started.id}.`);
      location.hash = fragmentOf({ view: 'faults', selected: started.id });
    });
    if (!isStarted) area.current?.focus();
  };
  return (
    <Panel title="Start a scenario" note="Faults on a schedule, which are removed when it ends" class="start-scenario">
      <form class="scenario-form" onSubmit={submit}>
        <ScenarioFiles
          files={files ?? []}
          chosen={files?.find((file) => file.text === text)?.name ?? null}
          onChoose={choose}
        />
        <div class="parts">
          <div class="fields">
            <div class="field">
              <label class="name" for={`${id}-name`}>
                name
              </label>
              <input
                id={`${id}-name`}
                type="text"
                autocomplete="off"
                maxLength={255}
                placeholder="none"
                value={name}
                onInput={({ currentTarget }) => setName(currentTarget.value)}
              />
            </div>
            {proxies.length > 1 && (
              <ProxyField
                label="proxy of steps that name none"
                names={proxies}
                proxy={proxy}
                error={undefined}
                onChange={setProxy}
              />
            )}
          </div>
          <YamlField area={area} text={text} problem={problem} onChange={setText} />
          <div class="row">
            <button type="submit" class="primary" disabled={isRunning || text.trim() === ''}>
              Start scenario
            </button>
            <span class="quiet small">Its first faults act at once.</span>
          </div>
          {text.trim() !== '' && (
            <details>
              <summary>The same from a file, on the command line or with curl</summary>
              <div class="commands">
                <CodeBlock
                  title="Runs until the command is stopped"
                  text={commandOf(proxies.length > 1 ? proxy : null)}
                  what="the command"
                />
                <CodeBlock
                  title="Starts it as this page does"
                  text={curlOf(path, control.hasToken)}
                  what="the curl command"
                />
              </div>
            </details>
          )}
        </div>
      </form>
    </Panel>
  );
}

function commandOf(proxy: string | null): string {
  return `rabbit-snare scenario run scenario.yaml${proxy === null ? '' : ` --proxy ${shell(proxy)}`}${urlFlag(location.origin)}`;
}

function curlOf(path: string, hasToken: boolean): string {
  const token = hasToken ? ' -H "Authorization: Bearer $RABBIT_SNARE_CONTROL_TOKEN"' : '';
  return `curl -X POST ${shell(`${location.origin}${path}`)}${token} -H 'Content-Type: application/yaml' --data-binary @scenario.yaml`;
}
