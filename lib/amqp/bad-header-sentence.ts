const WORDS = 'client did not start with AMQP protocol header: ';

/** Erlang's pretty printer fills lines of 80 columns, counted from the beginning of the sentence. */
const COLUMNS = 80;
/** Before the first octet: the words, `<<`, and the column at which the printer begins to count. */
const INDENT = WORDS.length + 2;
const ROOM = COLUMNS - INDENT - 1;

/**
 * What 4.1 and later say of a bad header. What is too wide for a line is broken before the last octet; here, as in every
 * term, the line break is folded to a blank.
 *
 * @param binary as the pretty printer prints it alone: `<<"amqp0091">>`. Text is never too wide
 * @see Erlang/OTP, io_lib_pretty.erl `pp_binary`
 */
export function badHeaderSentence(binary: string): string {
  const isTooWide = binary.length - '<<>>'.length > ROOM;
  return WORDS + (isTooWide ? binary.replace(/,(\d+>>)$/, ', $1') : binary);
}

/** The sentence with its line break, as it stands in a log. */
export function unfoldBadHeader(sentence: string): string {
  return sentence.replace(/, (\d+>>)$/, `,\n${' '.repeat(INDENT)}$1`);
}
