import { readFieldTable, textOf } from './field-table.js';
import { MalformedError } from './malformed-error.js';
import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The user name in a SASL response; the password beside it is not touched.
 *
 * @returns null for a mechanism that carries none, and for a response that RabbitMQ takes for malformed: in one that is
 *   out of order the password could stand where the user should
 * @see rabbit_auth_mechanism_plain.erl, `extract_user_pass` (NUL, user, NUL, password; RFC 4616 without its authorisation
 *   identity); rabbit_auth_mechanism_amqplain.erl
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

/** AMQPLAIN is a field table with LOGIN and PASSWORD, but without the size in front. */
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
