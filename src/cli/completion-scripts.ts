// What a shell runs at each Tab: it hands the words before the cursor to `feiyan complete`, without evaluating anything the user or
// the network wrote, and quotes what comes back as that shell wants it. Data; printed by `feiyan completion`. Each line of the answer is
// a whole word, a tab and what it means; the last line is `:0` where a file may stand as well, else `:4`.

/** Bash 3.2 and later. It cuts words at `=`, `:` and (keeping that one) `@`, so that the line is read anew here. */
const bash = `# Completion of feiyan for bash: source <(feiyan completion bash)
_feiyan() {
    local line=\${COMP_LINE:0:COMP_POINT} word='' raw='' quote='' char value prefix=''
    local last=\${COMP_WORDS[COMP_CWORD]} directive=4
    local -a words=()
    local -i at
    for ((at = 0; at < \${#line}; at++)); do
        char=\${line:at:1}
        if [[ $char == '\\' && $quote != "'" ]]; then
            raw+=$char
            at+=1
            char=\${line:at:1}
            word+=$char
        elif [[ -n $quote ]]; then
            if [[ $char == "$quote" ]]; then quote=''; else word+=$char; fi
        elif [[ $char == "'" || $char == '"' ]]; then
            quote=$char
        elif [[ $char == [[:blank:]] ]]; then
            if [[ -n $raw ]]; then words+=("$word"); fi
            word='' raw=''
            continue
        else
            word+=$char
        fi
        raw+=$char
    done
    words+=("$word")
    # Bash replaces what follows the last place it cuts at (an @ goes with it), and after an opening quote what is inside.
    if [[ $last == *[!=:]* ]]; then prefix=\${raw%"$last"}; else prefix=$raw; fi
    prefix=\${prefix%@}
    COMPREPLY=()
    while IFS= read -r value; do
        if [[ $value == :[0-9] ]]; then directive=\${value#:}; continue; fi
        value=\${value%%$'\\t'*}
        if [[ $quote == "'" ]]; then
            value=\${value//"'"/"'\\\\''"}
        elif [[ $quote == '"' ]]; then
            value=\${value//'\\'/'\\\\'}
            value=\${value//'"'/'\\"'}
            value=\${value//'$'/'\\$'}
            value=\${value//'\`'/'\\\`'}
        else
            printf -v value %q "$value"
            value=\${value#"$prefix"}
        fi
        COMPREPLY+=("$value")
    done < <(feiyan complete -- "\${words[@]:1}" 2> /dev/null)
    if [[ $directive != 0 ]]; then compopt +o default 2> /dev/null; fi
    return 0
}
complete -o default -F _feiyan feiyan
`;

const zsh = `#compdef feiyan
# Completion of feiyan for zsh: a file _feiyan in a folder of $fpath, or source <(feiyan completion zsh) after compinit
_feiyan() {
    local -a lines values shown
    local line
    lines=("\${(@f)$(feiyan complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2> /dev/null)}")
    for line in "\${(@)lines[1,-2]}"; do
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
    done
    if (( $#values )); then
        compadd -l -d shown -a values
    elif [[ \${lines[-1]} == :0 ]]; then
        _files
    fi
}
if [[ \${funcstack[1]} == _feiyan ]]; then _feiyan "$@"; else compdef _feiyan feiyan; fi
`;

const fish = `# Completion of feiyan for fish: feiyan completion fish > ~/.config/fish/completions/feiyan.fish
function __feiyan_complete
    set -l before (commandline -opc)
    set -l raw (commandline -ct)
    # A quote that is still open cannot be taken off by fish itself.
    set -l current (string unescape -- "$raw"; or string replace -r '^["\\']' '' -- "$raw")
    set -l lines (feiyan complete -- $before[2..-1] "$current" 2> /dev/null)
    if test "$lines" = :0
        __fish_complete_path "$current"
    else
        string match -v -r '^:[0-9]$' -- $lines
    end
end
complete -c feiyan -e
complete -c feiyan -f -a '(__feiyan_complete)'
`;

/** Windows PowerShell 5.1 and PowerShell 7. Before 7.3 an empty word was lost on the way to a program unless written as two quotes. */
const powershell = `# Completion of feiyan for PowerShell: feiyan completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'feiyan' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @(
        foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
            if ($element.Extent.StartOffset -lt $cursorPosition) {
                if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
                else { $element.Extent.Text }
            }
        }
    )
    if ("$wordToComplete" -eq '') {
        $isNew = $PSVersionTable.PSVersion -ge [version]'7.3' -and "$PSNativeCommandArgumentPassing" -ne 'Legacy'
        $words += if ($isNew) { '' } else { '""' }
    }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $lines = @(& feiyan complete '--' @words 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    $values = @($lines | Where-Object { $_ -notmatch '^:[0-9]$' })
    # Without an answer PowerShell looks for files, which is right for ':0' only.
    if ($values.Count -eq 0 -and $lines -notcontains ':0') { return '' }
    foreach ($line in $values) {
        $value, $meaning = $line -split "\`t", 2
        $text = $value
        if ($value -match '[^\\w./=:+-]') {
            $text = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
        }
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $meaning)
    }
}
`;

export const completionScripts = { bash, zsh, fish, powershell } as const;
