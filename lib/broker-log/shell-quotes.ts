/** Where RabbitMQ writes quotes, in the texts that people paste most. */
const QUOTED: readonly (readonly [RegExp, string])[] = [
  [/, vhost: ([^,()]*), user: ([^,()]*)/g, ", vhost: '$1', user: '$2'"],
  [/, user: ([^,'()]*), state: /g, ", user: '$1', state: "],
  [/([(,] ?)duration: ([^()]+)\)/g, "$1duration: '$2')"],
  [/access to vhost (\S+) refused for user (\S+)/g, "access to vhost '$1' refused for user '$2'"],
  [/(granted access to|in) vhost (\S+)$/gm, "$1 vhost '$2'"],
  [/\b([uU])ser ([^\s']+)(?= (?:- |authenticated |failed |authentication failed))/g, "$1ser '$2'"],
  [/\bno (queue|exchange) (\S+)(?= in vhost )/g, "no $1 '$2'"],
];

/**
 * Restores the quotes of an entry that a shell has removed: inside an argument in single quotes, the entry's own single quotes
 * are lost, and inside one in double quotes its double quotes.
 */
export function withShellQuotes(text: string): string {
  const single = text.includes("'")
    ? text
    : QUOTED.reduce((all, [lost, restored]) => all.replace(lost, restored), text);
  return single.includes('"') ? single : single.replace(/<<([^\d>][^>]{0,7})>>/g, '<<"$1">>');
}
