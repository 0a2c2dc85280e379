# fish completion for swiftllm, made from its option tables: do not edit.

# Whether the argument is the command, the first word that is no option; '' while there is none.
function __swiftllm_command_is
  set -l words (commandline -opc)
  set -e words[1]
  set -l command ''
  for word in $words
    if not string match -q -- '-*' $word
      set command $word
      break
    end
  end
  test "$command" = "$argv[1]"
end

complete -c swiftllm -f
complete -c swiftllm -s h -l help -d 'show help and exit'
complete -c swiftllm -s V -l version -d 'show the version and exit'
complete -c swiftllm -n "__swiftllm_command_is ''" -a generate -d 'complete a prompt given as text, chat, token ids or embeddings'
complete -c swiftllm -n "__swiftllm_command_is ''" -a encode-embeds -d 'turn text or a chat into prompt embeddings'
complete -c swiftllm -n "__swiftllm_command_is ''" -a help -d 'show help on a command'
complete -c swiftllm -n '__swiftllm_command_is help' -a 'generate encode-embeds'

complete -c swiftllm -n '__swiftllm_command_is generate' -s m -l model -r -F -d 'model directory or GGUF file'
complete -c swiftllm -n '__swiftllm_command_is generate' -s e -l prompt-embeds -r -F -d 'read rows [n, hidden] from FILE as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is generate' -l token-ids -x -d 'read token ids, separated by commas, as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is generate' -l chat -d 'render the prompt as a user turn with the model\'s chat template'
complete -c swiftllm -n '__swiftllm_command_is generate' -l system -x -d 'begin the chat with a system turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l messages -r -F -d 'begin the chat with the messages of a JSON list'
complete -c swiftllm -n '__swiftllm_command_is generate' -l add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l no-add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is generate' -l no-add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is generate' -s n -l max-tokens -x -d 'stop after COUNT tokens'
complete -c swiftllm -n '__swiftllm_command_is generate' -s t -l temperature -x -d '0 always picks the likeliest token'
complete -c swiftllm -n '__swiftllm_command_is generate' -l top-k -x -d 'draw from the COUNT likeliest tokens; 0 is all'
complete -c swiftllm -n '__swiftllm_command_is generate' -l top-p -x -d 'draw from the likeliest tokens that reach SHARE'
complete -c swiftllm -n '__swiftllm_command_is generate' -l min-p -x -d 'draw from tokens at least SHARE as likely as the likeliest'
complete -c swiftllm -n '__swiftllm_command_is generate' -l seed -x -d 'make the same draws every time'
complete -c swiftllm -n '__swiftllm_command_is generate' -l stop -x -d 'end the output before TEXT; may be repeated'
complete -c swiftllm -n '__swiftllm_command_is generate' -l ignore-eos -d 'go on at the model\'s end tokens'
complete -c swiftllm -n '__swiftllm_command_is generate' -l json -d 'print one JSON object: text, tokens, usage, timings'
complete -c swiftllm -n '__swiftllm_command_is generate' -s q -l quiet -d 'say nothing but errors on standard error'
complete -c swiftllm -n '__swiftllm_command_is generate' -s v -l verbose -d 'tell the speed on standard error'
complete -c swiftllm -n '__swiftllm_command_is generate' -l threads -x -d 'threads that compute'

complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s m -l model -r -F -d 'model directory or GGUF file'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s e -l prompt-embeds -r -F -d 'read rows [n, hidden] from FILE as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l token-ids -x -d 'read token ids, separated by commas, as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l chat -d 'render the prompt as a user turn with the model\'s chat template'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l system -x -d 'begin the chat with a system turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l messages -r -F -d 'begin the chat with the messages of a JSON list'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l no-add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l no-add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s o -l output -r -F -d 'write to FILE'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l format -x -a 'torch base64 safetensors npy' -d 'how rows are written'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l dtype -x -a 'float32 bfloat16 float16' -d 'how numbers are stored'
