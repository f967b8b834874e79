import { type CommandNode, everyCommand, type NamedFlag } from '../command-tree.js';
import { summaryOf } from './summary.js';
import { valuesOf } from './values.js';

/** The completion script for fish. */
export function fishScript(program: CommandNode): string {
  const all = everyCommand(program);
  const valued = all.flatMap(({ flags }) => flags.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names));
  return `# Completion for fish, printed by: rabbit-snare completion fish
function __rabbit_snare_is --description 'Whether the words before the cursor call this command'
    set -l command
    set -l is_value
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test -n "$is_value"
            set is_value
            continue
        end
        if contains -- $word ${[...new Set(valued)].join(' ')}
            set is_value 1
            continue
        end
        switch "$command $word"
            case ${all
              .filter(({ path }) => path !== '')
              .map(({ path, name }) => `'${path.slice(0, -name.length).trim()} ${name}'`)
              .join(' ')}
                set command (string trim -- "$command $word")
        end
    end
    test "$command" = "$argv[1]"
end
complete -c rabbit-snare -f
${all.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, flags, commands, positionals }: CommandNode): string[] {
  const line = `complete -c rabbit-snare -n ${quoted(`__rabbit_snare_is ${quoted(path)}`)}`;
  const values = positionals.map(valuesOf);
  const words = [...new Set(values.flatMap((each) => each.words))];
  return [
    ...commands.map(({ name, description }) => `${line} -a ${name} -d ${quoted(description)}`),
    ...(words.length > 0 ? [`${line} -a ${quoted(words.join(' '))}`] : []),
    ...(values.some(({ files }) => files) ? [`${line} -F`] : []),
    ...flags.map((flag) => `${line} ${flagOptions(flag)}`),
  ];
}

function flagOptions(flag: NamedFlag): string {
  const names = flag.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const { words, files } = valuesOf(flag);
  const value = flag.takesValue
    ? [files ? '-r -F' : '-x', ...(words.length > 0 ? [`-a ${quoted(words.join(' '))}`] : [])]
    : [];
  return [...names, ...value, `-d ${quoted(summaryOf(flag))}`].join(' ');
}

/** Text in single quotes, in which fish gives a meaning only to a backslash and the quote. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
