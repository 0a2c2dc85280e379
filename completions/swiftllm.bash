# bash completion for swiftllm, made from its option tables: do not edit.

_swiftllm() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' options='' kind='' words='' only_operands='' index
  COMPREPLY=()

  # "--name=value" arrives as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]] && ((COMP_CWORD > 1)); then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ ${COMP_WORDS[index]} == -- ]]; then
      only_operands=yes
    elif [[ -z $command && ${COMP_WORDS[index]} != -* ]]; then
      command=${COMP_WORDS[index]}
    fi
  done

  case $command in
    '')
      options='--help --version'
      kind=words
      words='generate encode-embeds embed serve help'
      ;;
    help)
      kind=words
      words='generate encode-embeds embed serve'
      ;;
    generate)
      options='-m --model -e --prompt-embeds --token-ids --chat --system --messages --tools --documents --chat-template --chat-template-kwargs --continue-final-message --add-generation-prompt --no-add-generation-prompt --add-special-tokens --no-add-special-tokens -i --input --served-model-name -n --max-tokens -t --temperature --top-k --top-p --min-p --seed --stop --ignore-eos --json -q --quiet -v --verbose -o --output --resume --threads --dtype --quantization --kv-cache-dtype --max-num-seqs --help'
      kind=text
      [[ -n $only_operands ]] || case $previous in
        -m | --model)
          kind=value-files
          ;;
        -e | --prompt-embeds)
          kind=value-files
          ;;
        --token-ids)
          kind=value-text
          ;;
        --system)
          kind=value-text
          ;;
        --messages)
          kind=value-files
          ;;
        --tools)
          kind=value-files
          ;;
        --documents)
          kind=value-files
          ;;
        --chat-template)
          kind=value-files
          ;;
        --chat-template-kwargs)
          kind=value-text
          ;;
        -i | --input)
          kind=value-files
          ;;
        --served-model-name)
          kind=value-text
          ;;
        -n | --max-tokens)
          kind=value-text
          ;;
        -t | --temperature)
          kind=value-text
          ;;
        --top-k)
          kind=value-text
          ;;
        --top-p)
          kind=value-text
          ;;
        --min-p)
          kind=value-text
          ;;
        --seed)
          kind=value-text
          ;;
        --stop)
          kind=value-text
          ;;
        -o | --output)
          kind=value-files
          ;;
        --threads)
          kind=value-text
          ;;
        --dtype)
          kind=value-words
          words='auto float32 bfloat16 int8'
          ;;
        --quantization)
          kind=value-words
          words='q8_0 q4_0 q4_k'
          ;;
        --kv-cache-dtype)
          kind=value-words
          words='auto bf16 f16 f32 q8_0'
          ;;
        --max-num-seqs)
          kind=value-text
          ;;
      esac
      ;;
    encode-embeds)
      options='-m --model -e --prompt-embeds --token-ids --chat --system --messages --tools --documents --chat-template --chat-template-kwargs --continue-final-message --add-generation-prompt --no-add-generation-prompt --add-special-tokens --no-add-special-tokens -i --input -o --output --format --dtype --show-prompt --resume -q --quiet --help'
      kind=text
      [[ -n $only_operands ]] || case $previous in
        -m | --model)
          kind=value-files
          ;;
        -e | --prompt-embeds)
          kind=value-files
          ;;
        --token-ids)
          kind=value-text
          ;;
        --system)
          kind=value-text
          ;;
        --messages)
          kind=value-files
          ;;
        --tools)
          kind=value-files
          ;;
        --documents)
          kind=value-files
          ;;
        --chat-template)
          kind=value-files
          ;;
        --chat-template-kwargs)
          kind=value-text
          ;;
        -i | --input)
          kind=value-files
          ;;
        -o | --output)
          kind=value-files
          ;;
        --format)
          kind=value-words
          words='torch base64 safetensors npy'
          ;;
        --dtype)
          kind=value-words
          words='float32 bfloat16 float16'
          ;;
      esac
      ;;
    embed)
      options='-m --model -i --input --pooling --normalize --no-normalize --pca --whiten --projection --save-projection -o --output --format -q --quiet -v --verbose --threads --dtype --quantization --help'
      kind=text
      [[ -n $only_operands ]] || case $previous in
        -m | --model)
          kind=value-files
          ;;
        -i | --input)
          kind=value-files
          ;;
        --pooling)
          kind=value-words
          words='cls mean last'
          ;;
        --pca)
          kind=value-text
          ;;
        --projection)
          kind=value-files
          ;;
        --save-projection)
          kind=value-files
          ;;
        -o | --output)
          kind=value-files
          ;;
        --format)
          kind=value-words
          words='jsonl npy torch safetensors text'
          ;;
        --threads)
          kind=value-text
          ;;
        --dtype)
          kind=value-words
          words='auto float32 bfloat16 int8'
          ;;
        --quantization)
          kind=value-words
          words='q8_0 q4_0 q4_k'
          ;;
      esac
      ;;
    serve)
      options='-m --model --served-model-name --chat-template --default-chat-template-kwargs --max-model-len --runner --host --port --api-key --api-key-file --allowed-origins --max-request-bytes --enable-prompt-embeds --max-embed-bytes --threads --dtype --quantization --kv-cache-dtype --max-num-seqs --max-num-batched-tokens --kv-cache-memory-bytes --enable-prompt-tokens-details -q --quiet --help'
      kind=files
      [[ -n $only_operands ]] || case $previous in
        -m | --model)
          kind=value-files
          ;;
        --served-model-name)
          kind=value-text
          ;;
        --chat-template)
          kind=value-files
          ;;
        --default-chat-template-kwargs)
          kind=value-text
          ;;
        --max-model-len)
          kind=value-text
          ;;
        --runner)
          kind=value-words
          words='auto generate pooling'
          ;;
        --host)
          kind=value-text
          ;;
        --port)
          kind=value-text
          ;;
        --api-key)
          kind=value-text
          ;;
        --api-key-file)
          kind=value-files
          ;;
        --allowed-origins)
          kind=value-text
          ;;
        --max-request-bytes)
          kind=value-text
          ;;
        --max-embed-bytes)
          kind=value-text
          ;;
        --threads)
          kind=value-text
          ;;
        --dtype)
          kind=value-words
          words='auto float32 bfloat16 int8'
          ;;
        --quantization)
          kind=value-words
          words='q8_0 q4_0 q4_k'
          ;;
        --kv-cache-dtype)
          kind=value-words
          words='auto bf16 f16 f32 q8_0'
          ;;
        --max-num-seqs)
          kind=value-text
          ;;
        --max-num-batched-tokens)
          kind=value-text
          ;;
        --kv-cache-memory-bytes)
          kind=value-text
          ;;
      esac
      ;;
  esac

  if [[ $current == -* && $kind != value-* && -z $only_operands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    return
  fi
  case ${kind#value-} in
    files)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    directories)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
    words)
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      ;;&
    *)
      compopt +o bashdefault +o default 2>/dev/null
      ;;
  esac
}

complete -o bashdefault -o default -F _swiftllm swiftllm
