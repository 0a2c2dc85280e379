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
complete -c swiftllm -n "__swiftllm_command_is ''" -a embed -d 'turn texts into vectors that can be compared'
complete -c swiftllm -n "__swiftllm_command_is ''" -a serve -d 'answer OpenAI\'s API over HTTP, with prompt embeddings'
complete -c swiftllm -n "__swiftllm_command_is ''" -a help -d 'show help on a command'
complete -c swiftllm -n '__swiftllm_command_is help' -a 'generate encode-embeds embed serve'

complete -c swiftllm -n '__swiftllm_command_is generate' -s m -l model -r -F -d 'model directory, GGUF file or cached ORG/NAME'
complete -c swiftllm -n '__swiftllm_command_is generate' -s e -l prompt-embeds -r -F -d 'read rows [n, hidden] from FILE as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is generate' -l token-ids -x -d 'read token ids, separated by commas, as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is generate' -l chat -d 'render the prompt as a user turn with the model\'s chat template'
complete -c swiftllm -n '__swiftllm_command_is generate' -l system -x -d 'begin the chat with a system turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l messages -r -F -d 'begin the chat with the messages of a JSON list'
complete -c swiftllm -n '__swiftllm_command_is generate' -l add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l no-add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is generate' -l add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is generate' -l no-add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is generate' -s i -l input -r -F -d 'answer each request in the lines of FILE; - is standard input'
complete -c swiftllm -n '__swiftllm_command_is generate' -l served-model-name -x -d 'with --input: the model\'s name in requests; may be repeated'
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
complete -c swiftllm -n '__swiftllm_command_is generate' -s o -l output -r -F -d 'with --input: write results to FILE'
complete -c swiftllm -n '__swiftllm_command_is generate' -l resume -d 'with --input and -o: keep the results in FILE and go on'
complete -c swiftllm -n '__swiftllm_command_is generate' -l threads -x -d 'threads that compute'
complete -c swiftllm -n '__swiftllm_command_is generate' -l max-num-seqs -x -d 'with --input: most generations in one step'

complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s m -l model -r -F -d 'model directory, GGUF file or cached ORG/NAME'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s e -l prompt-embeds -r -F -d 'read rows [n, hidden] from FILE as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l token-ids -x -d 'read token ids, separated by commas, as a part of the prompt'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l chat -d 'render the prompt as a user turn with the model\'s chat template'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l system -x -d 'begin the chat with a system turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l messages -r -F -d 'begin the chat with the messages of a JSON list'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l no-add-generation-prompt -d 'let the chat template open the assistant\'s turn'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l no-add-special-tokens -d 'add the tokenizer\'s special tokens (default: to text, not to chats)'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s i -l input -r -F -d 'encode the text or request in each line of FILE; - is standard input'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s o -l output -r -F -d 'write to FILE'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l format -x -a 'torch base64 safetensors npy' -d 'how rows are written'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l dtype -x -a 'float32 bfloat16 float16' -d 'how numbers are stored'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -l resume -d 'with --input and -o: keep the results in FILE and go on'
complete -c swiftllm -n '__swiftllm_command_is encode-embeds' -s q -l quiet -d 'say nothing but errors on standard error'

complete -c swiftllm -n '__swiftllm_command_is embed' -s m -l model -r -F -d 'model directory or GGUF file'
complete -c swiftllm -n '__swiftllm_command_is embed' -s i -l input -r -F -d 'read a text from each line of FILE; - is standard input'
complete -c swiftllm -n '__swiftllm_command_is embed' -l pooling -x -a 'cls mean last' -d 'which positions make up the vector'
complete -c swiftllm -n '__swiftllm_command_is embed' -l normalize -d 'scale vectors to length 1 (default: as the model\'s files say)'
complete -c swiftllm -n '__swiftllm_command_is embed' -l no-normalize -d 'scale vectors to length 1 (default: as the model\'s files say)'
complete -c swiftllm -n '__swiftllm_command_is embed' -l pca -x -d 'reduce vectors to their COUNT principal components'
complete -c swiftllm -n '__swiftllm_command_is embed' -l whiten -d 'let principal components have variance 1'
complete -c swiftllm -n '__swiftllm_command_is embed' -l projection -r -F -d 'apply a projection that was saved, instead of fitting one'
complete -c swiftllm -n '__swiftllm_command_is embed' -l save-projection -r -F -d 'write the fitted projection as safetensors'
complete -c swiftllm -n '__swiftllm_command_is embed' -s o -l output -r -F -d 'write to FILE'
complete -c swiftllm -n '__swiftllm_command_is embed' -l format -x -a 'jsonl npy torch safetensors text' -d 'how vectors are written'
complete -c swiftllm -n '__swiftllm_command_is embed' -s q -l quiet -d 'say nothing but errors on standard error'
complete -c swiftllm -n '__swiftllm_command_is embed' -s v -l verbose -d 'tell the speed on standard error'
complete -c swiftllm -n '__swiftllm_command_is embed' -l threads -x -d 'threads that compute'

complete -c swiftllm -n '__swiftllm_command_is serve' -s m -l model -r -F -d 'model directory, GGUF file or cached ORG/NAME'
complete -c swiftllm -n '__swiftllm_command_is serve' -l served-model-name -x -d 'the model\'s name in the API; may be repeated'
complete -c swiftllm -n '__swiftllm_command_is serve' -l max-model-len -x -d 'most positions of a prompt and its output, as 4096, 4k or 4K'
complete -c swiftllm -n '__swiftllm_command_is serve' -l runner -x -a 'auto generate pooling' -d 'whether to generate text or pool vectors'
complete -c swiftllm -n '__swiftllm_command_is serve' -l host -x -d 'address to listen on; 0.0.0.0 lets others in'
complete -c swiftllm -n '__swiftllm_command_is serve' -l port -x -d 'port to listen on; 0 is a free one'
complete -c swiftllm -n '__swiftllm_command_is serve' -l api-key -x -d 'let in only who shows KEY; may be repeated'
complete -c swiftllm -n '__swiftllm_command_is serve' -l api-key-file -r -F -d 'the same with a key on each line of FILE'
complete -c swiftllm -n '__swiftllm_command_is serve' -l allowed-origins -x -d 'let pages of ORIGIN in; * is all; may be repeated, or a JSON list'
complete -c swiftllm -n '__swiftllm_command_is serve' -l max-request-bytes -x -d 'longest body of a request'
complete -c swiftllm -n '__swiftllm_command_is serve' -l enable-prompt-embeds -d 'read prompt_embeds in requests'
complete -c swiftllm -n '__swiftllm_command_is serve' -l max-embed-bytes -x -d 'most bytes of one tensor; 0 is any number'
complete -c swiftllm -n '__swiftllm_command_is serve' -l threads -x -d 'threads that compute'
complete -c swiftllm -n '__swiftllm_command_is serve' -l max-num-seqs -x -d 'most generations in one step'
complete -c swiftllm -n '__swiftllm_command_is serve' -l max-num-batched-tokens -x -d 'most positions in one step'
complete -c swiftllm -n '__swiftllm_command_is serve' -l enable-prompt-tokens-details -d 'tell in usage how much of a prompt the prefix cache had'
complete -c swiftllm -n '__swiftllm_command_is serve' -s q -l quiet -d 'log nothing but errors'
complete -c swiftllm -n '__swiftllm_command_is serve' -F
