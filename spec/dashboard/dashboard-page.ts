import type { Locator, Page } from 'playwright-core';
import type { ViewName } from '../../lib/dashboard/route.js';
import { TITLES } from '../../lib/dashboard/titles.js';
import { until } from '../support/rabbitmq/until.js';

/** In ms. Below ava's timeout, so that the error that says what was not seen comes first. */
const PATIENCE = 40_000;

/** The dashboard as a person uses it. Everything is found by its role and its name, as by a screen reader. */
export class DashboardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The part of the page that shows the view. */
  get view(): Locator {
    return this.page.getByRole('main');
  }

  /** Opens a view through the navigation. */
  async goTo(view: ViewName): Promise<void> {
    const name = TITLES[view];
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();
    await this.page.getByRole('main', { name, exact: true }).waitFor();
  }

  /** Waits until events arrive live. */
  async untilLive(): Promise<void> {
    await this.page
      .getByRole('status')
      .filter({ hasText: /^live\b/ })
      .first()
      .waitFor();
  }

  /** What the page says about its connection: `live`. */
  async status(): Promise<string> {
    return this.page.getByRole('status').first().innerText();
  }

  /** The rows of the table with that name, or of the only table, without its head. */
  rows(table?: string | RegExp): Locator {
    return this.tableNamed(table)
      .getByRole('row')
      .filter({ has: this.page.getByRole('cell') });
  }

  /** The row that has these texts. */
  row(...texts: readonly (string | RegExp)[]): Locator {
    return texts.reduce<Locator>((found, hasText) => found.filter({ hasText }), this.rows());
  }

  /** Sets filters by their labels: `{ Reason: 'bad_header' }`. A filter with a list of choices takes a choice. */
  async filter(filters: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(filters))
      await this.fill(this.view.getByLabel(label, { exact: true }), value);
  }

  /** The banner that says what is broken on purpose. It is there only if something is. */
  get banner(): Locator {
    return this.page.getByRole('region', { name: 'Broken on purpose' });
  }

  /** What says that reports are missing. */
  get gapNotice(): Locator {
    return this.page.getByRole('status').filter({ hasText: 'are missing here' });
  }

  /** The open dialog. */
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** A fault in the list, by its id: `amqp/flaky`. */
  fault(id: string): Locator {
    return this.view.getByRole('listitem', { name: `Fault ${id}` });
  }

  /** Chooses a type in the form that adds a fault. */
  async chooseFaultType(type: string): Promise<void> {
    await this.view.getByRole('radio', { name: new RegExp(`^${type}\\b`) }).check();
    await this.view.getByRole('heading', { name: type, exact: true }).waitFor();
  }

  /** Adds a fault through the form. @param attributes by the names of their fields: `{ at: 'start' }` */
  async addFault(type: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.chooseFaultType(type);
    for (const [name, value] of Object.entries(attributes)) {
      await this.fill(this.view.getByLabel(new RegExp(`^${name}( required)?$`)), value);
    }
    await this.button('Add fault').click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Gives a field of any kind a value, as a person would. */
  async fill(field: Locator, value: string): Promise<void> {
    const kind = await field.evaluate((element) =>
      element instanceof HTMLSelectElement ? 'select' : element.getAttribute('type'),
    );
    if (kind === 'select') await field.selectOption(value);
    else if (kind === 'checkbox') await field.setChecked(value === 'true');
    else await field.fill(value);
  }

  /** Waits until the view has this text. */
  async untilText(text: string | RegExp): Promise<void> {
    await this.view.getByText(text).first().waitFor();
  }

  /**
   * Waits until `look` returns something other than undefined or false.
   *
   * @param what describes it in the error
   */
  async until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
    const found = await until(look, PATIENCE);
    if (found === undefined)
      throw new Error(`not seen: ${what}. The page says:\n${await this.page.locator('body').innerText()}`);
    return found as T;
  }

  private tableNamed(name: string | RegExp | undefined): Locator {
    return this.view.getByRole('table', name === undefined ? {} : { name });
  }
}
