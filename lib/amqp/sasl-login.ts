import { readFieldTable } from './field-table.js';
import { MalformedError } from './malformed-error.js';
import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

/**
 * The user name in a SASL response; the password beside it is not touched.
 *
 * @returns null for a mechanism that carries none, and for a response that is not well formed
 * @see RFC 4616 (PLAIN: authorisation identity, NUL, user, NUL, password); rabbit_auth_mechanism_amqplain.erl
 */
export function loginOf(mechanism: string, response: Uint8Array): string | null {
  switch (mechanism) {
    case 'PLAIN': {
      const first = response.indexOf(0);
      const second = response.indexOf(0, first + 1);
      return first < 0 || second < 0 ? null : new TextDecoder().decode(response.subarray(first + 1, second));
    }
    case 'AMQPLAIN':
      return amqplainLogin(response);
    default:
      return null;
  }
}

/** AMQPLAIN is a field table with LOGIN and PASSWORD, but without the size in front. */
function amqplainLogin(response: Uint8Array): string | null {
  const sized = new OctetWriter();
  sized.longstr(response);
  try {
    const login = readFieldTable(new OctetReader(sized.octets())).get('LOGIN');
    return login?.type === 'S' && typeof login.value === 'string' ? login.value : null;
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}
