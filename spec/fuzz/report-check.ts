import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { REASON_DOCS } from '../../lib/report/reason-docs.js';
import type { Report } from '../../lib/report/report.js';

/** Checks reports against the schema that the control API serves. */
export class ReportCheck {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly validate: ValidateFunction;

  private constructor(components: object) {
    this.validate = this.ajv.compile({ $ref: '#/components/schemas/Report', components });
  }

  /** @param control URL of the control API */
  static async servedAt(control: string): Promise<ReportCheck> {
    const { components } = (await (
      await fetch(`${control}/openapi.json`, { headers: { connection: 'close' } })
    ).json()) as { components: object };
    return new ReportCheck(components);
  }

  /** Returns what is wrong with a report; null if nothing is. */
  problem(report: Report): string | null {
    if (!this.validate(report))
      return `the report does not match its schema: ${this.ajv.errorsText(this.validate.errors)}`;
    return Object.hasOwn(REASON_DOCS, report.reason.name) ? null : `the reason ${report.reason.name} is not documented`;
  }
}
