import { COMPLETE_WORD } from '../options.ts';

/** The shells that are known, and what each runs to be able to complete. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# bash completion of taskmasterctl, taskmaster and taskmasterd.
# Put this into ~/.bashrc:        eval "$(taskmasterctl completion bash)"
# or, with bash-completion:       taskmasterctl completion bash > ~/.local/share/bash-completion/completions/taskmasterctl
_taskmasterctl() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <(taskmasterctl ${COMPLETE_WORD} --bash "\${COMP_LINE:0:COMP_POINT}" "$2" "$COMP_TYPE" 2>/dev/null)
}
complete -o nospace -o nosort -F _taskmasterctl taskmasterctl taskmaster taskmasterd 2>/dev/null ||
  complete -o nospace -F _taskmasterctl taskmasterctl taskmaster taskmasterd
`,
  zsh: `#compdef taskmasterctl taskmaster taskmasterd
# zsh completion of taskmasterctl, taskmaster and taskmasterd.
# Put this into ~/.zshrc, behind compinit:  eval "$(taskmasterctl completion zsh)"
# or into a directory of $fpath:            taskmasterctl completion zsh > ~/.zfunc/_taskmasterctl
_taskmasterctl() {
  local line word
  local -a whole open
  for line in "\${(@f)$(taskmasterctl ${COMPLETE_WORD} -- "\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    word=\${line%%$'\\t'*}
    [[ -n $word ]] || continue
    line=\${word//:/\\\\:}:\${line#*$'\\t'}
    # What ends so is not the whole word yet.
    if [[ $word == *[/:=] ]]; then open+=("$line"); else whole+=("$line"); fi
  done
  _describe -V 'taskmaster' whole -- open -S ''
}
if [[ $funcstack[1] == _taskmasterctl ]]; then
  _taskmasterctl "$@"
else
  compdef _taskmasterctl taskmasterctl taskmaster taskmasterd
fi
`,
  fish: `# fish completion of taskmasterctl, taskmaster and taskmasterd.
# Put this into ~/.config/fish/config.fish:  taskmasterctl completion fish | source
# or into a file that is read at need:       taskmasterctl completion fish > ~/.config/fish/completions/taskmasterctl.fish
function __taskmasterctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l plain (string unescape -- "$current" 2>/dev/null; or string trim -l -c '"\\'' -- "$current")
    taskmasterctl ${COMPLETE_WORD} -- $words "$plain" 2>/dev/null
end
for command in taskmasterctl taskmaster taskmasterd
    complete -c $command -f -k -a '(__taskmasterctl_complete)'
end
`,
};
