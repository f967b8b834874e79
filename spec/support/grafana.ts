import { readFileSync } from 'node:fs';

/** One query of a panel. */
export type Target = {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: { readonly type: string; readonly uid: string };
};

/** A panel of a Grafana dashboard, or the title of a row. */
export type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
};

/** The parts of a Grafana dashboard that specs read. */
export type Dashboard = {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: string | { readonly query: string };
    }[];
  };
  readonly panels: readonly Panel[];
};

export const DASHBOARD = JSON.parse(readFileSync('config/grafana/rabbit-snare.json', 'utf8')) as Dashboard;

/** What Grafana puts in the place of the variables when everything is selected. */
const SELECTED: Readonly<Record<string, string>> = {
  job: '.*',
  instance: '.*',
  proxy: '.*',
  __rate_interval: '1m',
  __range: '5m',
};

/** Replaces the variables of an expression, as Grafana does before it sends the expression. */
export function substituted(expression: string): string {
  return expression.replace(/\$(\w+)/g, (_, name: string) => {
    const value = SELECTED[name];
    if (value === undefined) throw new Error(`no variable ${name}: ${expression}`);
    return value;
  });
}

/** All expressions of the dashboard with their panels. */
export const EXPRESSIONS = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ panel: title, expr })),
);
