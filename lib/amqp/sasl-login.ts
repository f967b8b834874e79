import { readFieldTable, textOf } from './field-table.js';
import { MalformedError } from './malformed-error.js';
import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The mechanisms without a challenge. */
export const ONE_STEP_MECHANISMS: readonly string[] = ['PLAIN', 'AMQPLAIN', 'ANONYMOUS', 'EXTERNAL'];

/**
 * Reads the user name in a SASL response. The password is not decoded.
 *
 * @returns null for a mechanism without a user name, and for a response that RabbitMQ considers malformed: it could
 *   have the password in place of the user name
 * @see rabbit_auth_mechanism_plain.erl, `extract_user_pass` (NUL, user, NUL, password; RFC 4616 without the
 *   authorization identity); rabbit_auth_mechanism_amqplain.erl
 */
export function loginOf(mechanism: string, response: Uint8Array): string | null {
  switch (mechanism) {
    case 'PLAIN': {
      const end = response.indexOf(0, 1);
      const isWellFormed = response[0] === 0 && end > 0 && !response.includes(0, end + 1);
      return isWellFormed ? utf8.decode(response.subarray(1, end)) : null;
    }
    case 'AMQPLAIN':
      return amqplainLogin(response);
    default:
      return null;
  }
}

/** AMQPLAIN is a field table with LOGIN and PASSWORD, without the size prefix. */
function amqplainLogin(response: Uint8Array): string | null {
  const sized = new OctetWriter();
  sized.longstr(response);
  try {
    return textOf(readFieldTable(new OctetReader(sized.octets())), 'LOGIN') ?? null;
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}
