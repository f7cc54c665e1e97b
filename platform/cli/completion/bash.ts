import { quoted } from './quoted.ts';
import type { Place } from './tree.ts';

/** A completion script for bash, 3.2 as on a Mac included. Where nothing of ours fits, bash completes files. */
export function bashCompletion(name: string, places: Place[]): string {
  return `# bash completion for ${name}; load it with: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${places.filter(({ path }) => path).map(({ path }) => quoted(path)).join('|')}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$at $previous" in
${places.flatMap(previousCases).join('\n')}
  esac
  case "$at" in
${places.map(({ path, commands, options }) => `    ${quoted(path)}) words=${quoted(wordsOf(commands, options))} ;;`).join('\n')}
  esac
  case "$current" in
    -*) ;;
    *) words=" $words"; words=\${words%% --*} ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}`;
}

function previousCases({ path, choices, valued }: Place): string[] {
  const chosen = Object.entries(choices).map(([option, values]) =>
    `    ${quoted(`${path} ${option}`)}) COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$current")); return ;;`);
  const free = valued.length > 0 ? [`    ${valued.map((option) => quoted(`${path} ${option}`)).join('|')}) return ;;`] : [];
  return [...chosen, ...free];
}

function wordsOf(...words: { word: string }[][]): string {
  return words.flat().map(({ word }) => word).join(' ');
}
