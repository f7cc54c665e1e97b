import { quoted } from './quoted.ts';
import type { Place, Word } from './tree.ts';

/** A completion script for zsh, with what each word means. */
export function zshCompletion(name: string, places: Place[]): string {
  return `#compdef ${name}
# zsh completion for ${name}; load it with: source <(${name} completion zsh)
_${name}() {
  local at= previous=\${words[CURRENT-1]}
  local -a known options
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      ${places.filter(({ path }) => path).map(({ path }) => quoted(path)).join('|')}) at="$at \${words[i]}" ;;
    esac
  done
  case "$at $previous" in
${places.flatMap(previousCases).join('\n')}
  esac
  case "$at" in
${places.map(({ path, commands, options }) => `    ${quoted(path)}) known=(${commands.map(described).join(' ')}); options=(${options.map(described).join(' ')}) ;;`).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif (( \${#known} )); then
    _describe command known
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _${name} ]]; then
  _${name} "$@" # the file was loaded from the fpath, by the first use
elif (( \${+functions[compdef]} )); then
  compdef _${name} ${name}
fi`;
}

function previousCases({ path, choices, valued }: Place): string[] {
  const chosen = Object.entries(choices).map(([option, values]) =>
    `    ${quoted(`${path} ${option}`)}) known=(${values.map(quoted).join(' ')}); _describe value known; return ;;`);
  const free = valued.length > 0 ? [`    ${valued.map((option) => quoted(`${path} ${option}`)).join('|')}) _files; return ;;`] : [];
  return [...chosen, ...free];
}

function described({ word, summary }: Word): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${summary.replaceAll('\n', ' ')}`);
}
