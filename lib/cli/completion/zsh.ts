import { type CommandNode, everyCommand, type NamedFlag, type Positional } from '../command-tree.js';
import { summaryOf } from './summary.js';
import { valuesOf } from './values.js';

/** The completion script for zsh: to source, or as a file `_rabbit-snare` in `fpath`. */
export function zshScript(program: CommandNode): string {
  return `#compdef rabbit-snare
# Completion for zsh, printed by: rabbit-snare completion zsh
${everyCommand(program).map(functionOf).join('\n')}
if [[ $funcstack[1] == _rabbit-snare ]]; then
  _rabbit_snare "$@"
else
  compdef _rabbit_snare rabbit-snare
fi
`;
}

function functionOf(node: CommandNode): string {
  const flags = node.flags.flatMap(flagSpecs);
  if (node.commands.length === 0)
    return `${nameOf(node)}() {\n  ${['_arguments', ...flags, ...node.positionals.map(positionalSpec)].join(' \\\n    ')}\n}`;
  const described = node.commands.map(({ name, description }) => quoted(`${name}:${description}`));
  const branches = node.commands.map((child) => `        ${child.name}) ${nameOf(child)} ;;`);
  return `${nameOf(node)}() {
  local context state state_descr line
  local curcontext=$curcontext
  typeset -A opt_args
  ${['_arguments -C', ...flags, `'(-): :->command'`, `'(-)*:: :->arguments'`].join(' \\\n    ')} && return
  case $state in
    command)
      local -a commands=(
        ${described.join('\n        ')}
      )
      _describe command commands
      ;;
    arguments)
      curcontext=\${curcontext%:*}-$words[1]:
      case $words[1] in
${branches.join('\n')}
      esac
      ;;
  esac
}`;
}

const nameOf = ({ path }: CommandNode): string =>
  ['_rabbit_snare', ...path.split(' ')].filter(Boolean).join('_').replaceAll('-', '_');

/** A flag with a value may also be written `--flag=value`, and a flag may be repeated. */
function flagSpecs(flag: NamedFlag): string[] {
  const summary = `[${escaped(summaryOf(flag))}]`;
  return flag.names.map((name) =>
    quoted(
      flag.takesValue
        ? `*${name}=${summary}:${escaped(flag.syntax ?? 'value')}:${actionOf(flag)}`
        : `${name}${summary}`,
    ),
  );
}

function positionalSpec(positional: Positional): string {
  const { name, isRequired, isRepeatable } = positional;
  return quoted(`${isRepeatable ? '*' : isRequired ? '' : ':'}:${name}:${actionOf(positional)}`);
}

function actionOf(flag: NamedFlag | Positional): string {
  const { words, files } = valuesOf(flag);
  if (!files) return words.length > 0 ? `(${words.join(' ')})` : ' ';
  return words.length > 0 ? `_alternative "words\\:word\\:(${words.join(' ')})" "files\\:file\\:_files"` : '_files';
}

const escaped = (text: string): string => text.replaceAll(/[\][:\\]/g, '\\$&');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
