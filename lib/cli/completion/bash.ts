import { type CommandNode, everyCommand } from '../command-tree.js';
import { type Values, valuesOf } from './values.js';

/** The completion script for bash 3.2 or later. */
export function bashScript(program: CommandNode): string {
  const all = everyCommand(program);
  const valued = all.flatMap(({ flags }) => flags.filter(({ takesValue }) => takesValue).flatMap(({ names }) => names));
  return `# Completion for bash, printed by: rabbit-snare completion bash
_rabbit_snare() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' flags='' words='' files='' i
  # bash makes three words of --flag=value.
  if [[ $current == = ]]; then
    current=''
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
${all
  .filter(({ path }) => path !== '')
  .map(step)
  .join('\n')}
    esac
    case \${COMP_WORDS[i]} in
      ${[...new Set(valued)].join(' | ')}) ((i++)) ;;
    esac
  done
  case "$command $previous" in
${grouped(all.flatMap(flagValues)).join('\n')}
    *)
      case $command in
${all.map(commandWords).join('\n')}
      esac
      if [[ $current == -* || ! $words$files ]]; then words=$flags files=''; fi
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -f -- "$current")
  fi
}
complete -F _rabbit_snare rabbit-snare
`;
}

/** From a command to one of its commands. */
function step({ path, name }: CommandNode): string {
  const parent = path.slice(0, -name.length).trim();
  return `      '${parent} ${name}') command='${path}' ;;`;
}

/** The candidates for the value of each flag, and the command and flag that they are for. */
function flagValues({ path, flags }: CommandNode): (readonly [assignments: string, pattern: string])[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .flatMap((flag) => flag.names.map((name) => [assignments(valuesOf(flag)), `'${path} ${name}'`] as const));
}

/** One branch for each list of candidates. */
function grouped(values: readonly (readonly [assignments: string, pattern: string])[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const [assigned, pattern] of values) patterns.set(assigned, [...(patterns.get(assigned) ?? []), pattern]);
  return [...patterns].map(([assigned, names]) => `    ${names.join(' | ')}) ${assigned} ;;`);
}

/** What can follow a command: its flags, and its commands or arguments. */
function commandWords({ path, flags, commands, positionals }: CommandNode): string {
  const names = flags.flatMap((flag) => flag.names).join(' ');
  const values = positionals.map(valuesOf);
  const words = [...commands.map(({ name }) => name), ...new Set(values.flatMap((each) => each.words))];
  const files = values.some((each) => each.files);
  return `        '${path}') flags='${names}' ${assignments({ words, files })} ;;`;
}

const assignments = ({ words, files }: Values): string => `words='${words.join(' ')}'${files ? ' files=1' : ''}`;
