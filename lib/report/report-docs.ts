import * as z from 'zod';
import { type Dialect, dialectOf } from '../amqp/dialect.js';
import { type Reason, severityOf } from '../amqp/reason.js';
import { termOf } from '../amqp/term.js';
import { REASON_DOCS } from './reason-docs.js';
import type { AnyDoc } from './report-field.js';
import { REPORT_FIELDS } from './report-fields.js';
import { STAGE_DOCS } from './stage-docs.js';
import { withTables } from './with-tables.js';

const OLD = dialectOf('3.13');
const NEW = dialectOf('4.1');

/** The part of a JSON schema that the table of keys shows. */
type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: { readonly [key: string]: JsonSchema };
};

const TABLES: { readonly [name: string]: () => string } = {
  fields: fieldTable,
  reasons: reasonTable,
  stages: stageTable,
};

/** Returns the text of docs/reports.md with its tables renewed. @throws Error for a table that the page does not have */
export const withReportTables = (page: string): string => withTables('docs/reports.md', page, TABLES);

function fieldTable(): string {
  const rows = Object.entries(REPORT_FIELDS).flatMap(([key, { schema, doc }]) =>
    fieldRows(key, z.toJSONSchema(schema) as JsonSchema, doc),
  );
  return table(['key', 'type', 'unit', 'null means', 'meaning'], rows);
}

/** The row of a key, and those of the keys in it. */
function fieldRows(key: string, schema: JsonSchema, { text, unit = '', ifNull = '', keys = {} }: AnyDoc): string[][] {
  const [type, properties] = typeOf(schema);
  const own = Object.entries(keys).flatMap(([name, doc]) => fieldRows(`${key}.${name}`, properties[name] ?? {}, doc));
  return [[`\`${key}\``, type, unit, ifNull, text], ...own];
}

function typeOf(schema: JsonSchema): [type: string, properties: NonNullable<JsonSchema['properties']>] {
  const given = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
  const { type: types = '', items, properties = {}, enum: values } = given;
  const [type = ''] = [types].flat();
  // Long enumerations have a table of their own.
  if (values !== undefined && values.length <= 4) return [values.map((value) => `\`${value}\``).join(', '), {}];
  return [items?.type === undefined ? type : `${type} of ${items.type}s`, properties];
}

function reasonTable(): string {
  const rows = Object.entries(REASON_DOCS).map(([name, { examples, text }]) => {
    const reasons: readonly Reason[] = examples;
    const terms = reasons.flatMap((reason) => {
      const [before, now] = [termIn(OLD, reason), termIn(NEW, reason)];
      return before === now ? [before] : [before, `4.1: ${now}`];
    });
    return [`\`${name}\``, [...new Set(reasons.map(severityOf))].join(', '), terms.join('<br>'), text];
  });
  return table(['`reason.name`', 'severity', '`reason.term`, for example', 'meaning'], rows);
}

function termIn(dialect: Dialect, reason: Reason): string {
  const term = termOf(reason, dialect)?.replace(/\s+/g, ' ');
  if (term === undefined) return 'null';
  return term === reason.name ? 'the name' : `\`${term}\``;
}

function stageTable(): string {
  return table(
    ['`stage`', 'meaning'],
    Object.entries(STAGE_DOCS).map(([name, text]) => [`\`${name}\``, text]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}
