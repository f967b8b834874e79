import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** The parts of a response that are checked against the description. */
export type Answered = {
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
};

type OpenApi = {
  readonly components: object;
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: { readonly responses: { readonly [status: string]: Content } };
    };
  };
};
type Content = { readonly content?: { readonly [type: string]: { readonly schema?: object } } };

/** The OpenAPI description that a control API serves, to check its responses against. */
export class Description {
  private readonly described: OpenApi;
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false });
  private readonly compiled = new WeakMap<object, ValidateFunction>();

  static async servedAt(url: string, headers: Record<string, string> = {}): Promise<Description> {
    return new Description((await (await fetch(`${url}/openapi.json`, { headers })).json()) as OpenApi);
  }

  constructor(described: OpenApi) {
    this.described = described;
  }

  /** Returns how the response differs from the description; null when it matches. */
  problem(method: string, path: string, { status, contentType, text }: Answered): string | null {
    const { paths } = this.described;
    const [plain = ''] = path.split('?');
    const template = Object.keys(paths).find((each) =>
      new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain),
    );
    if (template === undefined || status === 405) return null;
    const described = paths[template]?.[method.toLowerCase()]?.responses[String(status)];
    if (!described) return `the status ${status} is not described`;
    if (!described.content) return text === '' ? null : 'the description has no content for it';
    const type = contentType?.split(';')[0] ?? '';
    const media = described.content[type];
    if (!media) return `the description lacks the content type ${type}`;
    if (!media.schema) return null;
    const validate = this.validator(media.schema);
    return validate(JSON.parse(text)) ? null : this.ajv.errorsText(validate.errors);
  }

  private validator(schema: object): ValidateFunction {
    const known = this.compiled.get(schema);
    if (known) return known;
    const made = this.ajv.compile({ ...schema, components: this.described.components });
    this.compiled.set(schema, made);
    return made;
  }
}
